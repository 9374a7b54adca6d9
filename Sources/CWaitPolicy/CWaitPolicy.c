#include "CWaitPolicy.h"

#include <stdlib.h>

// OpenMP's threads spin for a while at the end of every loop. Where other programs want the cores, a thread that spins keeps the one it waits
// for from running. The policy is an environment variable that OpenMP reads when it is loaded, before `main`: the program starts itself again
// with it, before its libraries are initialized. Whoever has set the variable is obeyed.
#ifdef __GLIBC__
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#define VARIABLE "OMP_WAIT_POLICY="

static void start_again(int count, char **arguments, char **environment) {
    (void)count;
    size_t size = 0;
    for (; environment[size]; size++)
        if (strncmp(environment[size], VARIABLE, strlen(VARIABLE)) == 0) return;
    char *extended[size + 2];
    memcpy(extended, environment, size * sizeof *extended);
    extended[size] = VARIABLE "passive";
    extended[size + 1] = NULL;
    const char *program = (const char *)getauxval(AT_EXECFN);
    if (program) execve(program, arguments, extended);
}

__attribute__((section(".preinit_array"), used)) static void (*const first)(int, char **, char **) = start_again;
#endif
