import helper

print(helper.ANSWER)
