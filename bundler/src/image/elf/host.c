/* A program without a library: finds a segment of the payload through what the kernel hands it, and says its length. */
typedef unsigned long word;
#if defined(__aarch64__)
__asm__(".global _start\n_start: mov x0, sp\n b start\n");
static long call(long n, long a, long b, long c) {
    register long x8 __asm__("x8") = n, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    return x0;
}
enum { WRITE = 64, EXIT = 93 };
#else
__asm__(".global _start\n_start: mov %rsp, %rdi\n and $-16, %rsp\n call start\n");
static long call(long n, long a, long b, long c) {
    long r;
    __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return r;
}
enum { WRITE = 1, EXIT = 60 };
#endif
struct segment { unsigned type, flags; word offset, address, physical, len, memory, align; };
void start(word *stack) {
    word *at = stack + 1 + *stack + 1;
    while (*at) at++;
    struct segment *table = 0;
    word count = 0;
    for (at++; *at; at += 2) {
        if (at[0] == 3) table = (struct segment *)at[1];
        if (at[0] == 5) count = at[1];
    }
    for (word i = 0; i < count; i++) {
        const char *bytes = (const char *)table[i].address;
        if (table[i].type == 1 && table[i].flags == 4 && table[i].len > 8 && bytes[1] == 'F' && bytes[7] == '\n') {
            char text[24];
            int end = 24;
            text[--end] = '\n';
            for (word n = table[i].len; n; n /= 10) text[--end] = '0' + n % 10;
            call(WRITE, 1, (long)(text + end), 24 - end);
            call(EXIT, 0, 0, 0);
        }
    }
    call(EXIT, 3, 0, 0);
}
