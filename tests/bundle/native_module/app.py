import wrap
