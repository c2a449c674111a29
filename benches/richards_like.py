"""An operating system in little: tasks of several kinds pass packets under a scheduler with priorities."""

IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)


class Packet:
    def __init__(self, link, owner, kind):
        self.link = link
        self.owner = owner
        self.kind = kind
        self.datum = 0
        self.data = [0] * 4

    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        last = queue
        while last.link is not None:
            last = last.link
        last.link = self
        return queue


class Task:
    def __init__(self, system, ident, priority, queue, waiting):
        self.system = system
        self.ident = ident
        self.priority = priority
        self.queue = queue
        self.held = False
        self.waiting = waiting
        self.pending = queue is not None
        self.next = system.first
        system.first = self
        system.table[ident] = self

    def blocked(self):
        return self.held or (self.waiting and not self.pending)

    def add_packet(self, packet, current):
        if self.queue is None:
            self.queue = packet
            packet.link = None
            self.pending = True
            if self.priority > current.priority:
                return self
        else:
            packet.append_to(self.queue)
        return current

    def take(self):
        packet = None
        if self.waiting and self.pending:
            packet = self.queue
            self.queue = packet.link
            self.pending = self.queue is not None
            self.waiting = False
        return packet

    def step(self, packet):
        raise NotImplementedError


class IdleTask(Task):
    def __init__(self, system, count):
        super().__init__(system, IDLE, 0, None, False)
        self.count = count
        self.seed = 1

    def step(self, packet):
        self.count -= 1
        if self.count == 0:
            return self.system.hold(self)
        if self.seed & 1:
            self.seed = (self.seed >> 1) ^ 0xD008
            return self.system.release(self, DEVICE_B)
        self.seed >>= 1
        return self.system.release(self, DEVICE_A)


class WorkTask(Task):
    def __init__(self, system, queue):
        super().__init__(system, WORKER, 1000, queue, True)
        self.target = HANDLER_A
        self.letter = 0

    def step(self, packet):
        if packet is None:
            return self.system.wait(self)
        self.target = HANDLER_B if self.target == HANDLER_A else HANDLER_A
        packet.owner = self.target
        packet.datum = 0
        for i in range(4):
            self.letter = self.letter % 26 + 1
            packet.data[i] = 64 + self.letter
        return self.system.send(self, packet)


class HandlerTask(Task):
    def __init__(self, system, ident, priority, queue, device):
        super().__init__(system, ident, priority, queue, True)
        self.device = device
        self.work = None
        self.devices = None

    def step(self, packet):
        if packet is not None:
            if packet.kind == "work":
                self.work = packet.append_to(self.work)
            else:
                self.devices = packet.append_to(self.devices)
        work = self.work
        if work is not None:
            count = work.datum
            if count >= 4:
                self.work = work.link
                work.owner = WORKER
                return self.system.send(self, work)
            device = self.devices
            if device is not None:
                self.devices = device.link
                device.datum = work.data[count]
                device.owner = self.device
                work.datum = count + 1
                return self.system.send(self, device)
        return self.system.wait(self)


class DeviceTask(Task):
    def __init__(self, system, ident, priority, home):
        super().__init__(system, ident, priority, None, True)
        self.home = home
        self.saved = None

    def step(self, packet):
        if packet is None:
            if self.saved is None:
                return self.system.wait(self)
            packet, self.saved = self.saved, None
            packet.owner = self.home
            return self.system.send(self, packet)
        self.saved = packet
        return self.system.hold(self)


class System:
    def __init__(self):
        self.first = None
        self.table = [None] * 6
        self.sent = 0
        self.holds = 0

    def hold(self, task):
        self.holds += 1
        task.held = True
        return task.next

    def wait(self, task):
        task.waiting = True
        return task

    def release(self, current, ident):
        task = self.table[ident]
        task.held = False
        return task if task.priority > current.priority else current

    def send(self, current, packet):
        task = self.table[packet.owner]
        packet.link = None
        packet.owner = current.ident
        self.sent += 1
        return task.add_packet(packet, current)

    def run(self):
        task = self.first
        while task is not None:
            if task.blocked():
                task = task.next
            else:
                task = task.step(task.take())


def packets(owner, kind, count):
    queue = None
    for _ in range(count):
        queue = Packet(queue, owner, kind)
    return queue


def once(count):
    system = System()
    IdleTask(system, count)
    WorkTask(system, packets(WORKER, "work", 2))
    HandlerTask(system, HANDLER_A, 2000, packets(DEVICE_A, "device", 3), DEVICE_A)
    HandlerTask(system, HANDLER_B, 3000, packets(DEVICE_B, "device", 3), DEVICE_B)
    DeviceTask(system, DEVICE_A, 4000, HANDLER_A)
    DeviceTask(system, DEVICE_B, 5000, HANDLER_B)
    system.run()
    return system.sent, system.holds


print(once(22_000))
