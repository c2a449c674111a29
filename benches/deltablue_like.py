"""An incremental solver: one-way constraints of different strength keep variables equal, scaled or fixed."""

import enum


class Strength(enum.IntEnum):
    REQUIRED = 0
    STRONG = 1
    NORMAL = 2
    WEAK = 3
    WEAKEST = 4


class Variable:
    def __init__(self, name, value):
        self.name = name
        self.value = value
        self.constraints = []
        self.determined_by = None
        self.strength = Strength.WEAKEST
        self.mark = 0


class Constraint:
    def __init__(self, strength):
        self.strength = strength
        self.satisfied = False

    def inputs(self):
        return ()

    def output(self):
        raise NotImplementedError

    def choose(self, mark):
        raise NotImplementedError

    def execute(self):
        pass

    def add_to(self, planner):
        for variable in self.variables():
            variable.constraints.append(self)
        planner.incremental_add(self)


class Unary(Constraint):
    def __init__(self, variable, strength):
        super().__init__(strength)
        self.variable = variable

    def variables(self):
        return (self.variable,)

    def output(self):
        return self.variable

    def choose(self, mark):
        self.satisfied = self.variable.mark != mark and self.strength < self.variable.strength
        return self.satisfied


class Stay(Unary):
    pass


class Edit(Unary):
    pass


class Binary(Constraint):
    def __init__(self, first, second, strength):
        super().__init__(strength)
        self.first = first
        self.second = second
        self.forward = True

    def variables(self):
        return (self.first, self.second)

    def inputs(self):
        return (self.first,) if self.forward else (self.second,)

    def output(self):
        return self.second if self.forward else self.first

    def choose(self, mark):
        first, second = self.first, self.second
        if second.mark != mark and self.strength < second.strength:
            self.forward = True
            self.satisfied = True
        elif first.mark != mark and self.strength < first.strength:
            self.forward = False
            self.satisfied = True
        else:
            self.satisfied = False
        return self.satisfied


class Equal(Binary):
    def execute(self):
        self.output().value = self.inputs()[0].value


class Scale(Binary):
    def __init__(self, source, factor, offset, target, strength):
        super().__init__(source, target, strength)
        self.factor = factor
        self.offset = offset

    def execute(self):
        if self.forward:
            self.second.value = self.first.value * self.factor + self.offset
        else:
            self.first.value = (self.second.value - self.offset) // self.factor


class Planner:
    def __init__(self):
        self.mark = 0

    def incremental_add(self, constraint):
        self.mark += 1
        overridden = self.satisfy(constraint)
        while overridden is not None:
            overridden = self.satisfy(overridden)

    def satisfy(self, constraint):
        if not constraint.choose(self.mark):
            return None
        out = constraint.output()
        overridden = out.determined_by
        if overridden is not None:
            overridden.satisfied = False
        out.determined_by = constraint
        self.propagate(constraint)
        out.mark = self.mark
        return overridden

    def propagate(self, constraint):
        todo = [constraint]
        while todo:
            current = todo.pop()
            out = current.output()
            strength = current.strength
            for variable in current.inputs():
                strength = max(strength, variable.strength)
            out.strength = strength
            current.execute()
            for follower in out.constraints:
                if follower.satisfied and follower is not current and out in follower.inputs():
                    todo.append(follower)

    def plan_from(self, start):
        plan, todo = [], [start]
        self.mark += 1
        while todo:
            current = todo.pop()
            out = current.output()
            if out.mark != self.mark:
                plan.append(current)
                out.mark = self.mark
                for follower in out.constraints:
                    if follower.satisfied and out in follower.inputs():
                        todo.append(follower)
        return plan


def chain(n):
    planner = Planner()
    variables = [Variable(f"v{i}", 0) for i in range(n)]
    for left, right in zip(variables, variables[1:]):
        Equal(left, right, Strength.REQUIRED).add_to(planner)
    Stay(variables[-1], Strength.WEAK).add_to(planner)
    edit = Edit(variables[0], Strength.NORMAL)
    edit.add_to(planner)
    plan = planner.plan_from(edit) if edit.satisfied else []
    for value in range(60):
        variables[0].value = value
        for constraint in plan:
            constraint.execute()
    return sum(variable.value for variable in variables) + len(plan)


def projection(n):
    planner = Planner()
    total = 0
    sources, targets = [], []
    for i in range(n):
        source, target = Variable(f"s{i}", i), Variable(f"t{i}", i)
        Stay(source, Strength.NORMAL).add_to(planner)
        Scale(source, 10, 1000, target, Strength.REQUIRED).add_to(planner)
        sources.append(source)
        targets.append(target)
    for value, source in enumerate(sources):
        edit = Edit(source, Strength.STRONG)
        edit.add_to(planner)
        source.value = value * 3
        for constraint in planner.plan_from(edit):
            constraint.execute()
    for target in targets:
        total += target.value
    return total


print(chain(500), projection(15_000))
