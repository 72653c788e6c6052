/* kernel.c: a guest in C for `sym` and `bt`: three calls deep, with frame pointers. */
int total;

static int inner(int a)
{
    total += a;
    return a + 1;
}

static int middle(int a)
{
    return inner(a * 2) + 1;
}

void kmain(void)
{
    for (;;)
        total += middle(total);
}
