/* Replays prepared HTTP/1.1 requests to 127.0.0.1 over keep-alive connections, each request once and in
 * order, one at a time on every connection; checks each status and prints counts and latencies as JSON.
 *
 *   load PORT CONNECTIONS FILE
 *
 * FILE holds records: length (uint32), expected status (uint32), then the request's bytes; native byte order.
 * One thread: the program's own processor time is in its report, so that a reader can see what it took away
 * from the server. It ends with status 2 and a sentence when an answer is missing or not understood.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 17, MOST_CONNECTIONS = 1024, PATIENCE_MS = 60000, STATUSES = 600 };

struct connection {
    int socket;
    uint64_t sent_at;
    uint32_t expected;
    size_t filled;
    char buffer[BUFFER];
};

static const char *requests, *requests_end;
static uint64_t *latencies;
static size_t answered;
static uint64_t statuses[STATUSES], unexpected;
static char first_unexpected[400];

static void fail(const char *what)
{
    fprintf(stderr, "load: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(2);
}

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static size_t map_requests(const char *path)
{
    int file = open(path, O_RDONLY);
    struct stat about;
    if (file < 0 || fstat(file, &about))
        fail(path);
    requests = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (requests == MAP_FAILED)
        fail("mmap");
    requests_end = requests + about.st_size;
    size_t count = 0;
    for (const char *at = requests; at < requests_end; count++) {
        uint32_t length;
        memcpy(&length, at, sizeof length);
        at += 2 * sizeof length + length;
    }
    return count;
}

/* Sends the next request, if there is one left. Requests are far smaller than a socket's buffer. */
static int send_next(struct connection *c)
{
    if (requests == requests_end)
        return 0;
    uint32_t length;
    memcpy(&length, requests, sizeof length);
    memcpy(&c->expected, requests + sizeof length, sizeof c->expected);
    requests += 2 * sizeof length;
    c->filled = 0;
    c->sent_at = now();
    for (const char *end = requests + length; requests < end;) {
        ssize_t n = send(c->socket, requests, (size_t)(end - requests), MSG_NOSIGNAL);
        if (n < 0)
            fail("send");
        requests += n;
    }
    return 1;
}

/* The whole length of the answer in the buffer, or 0 while its head is incomplete. */
static size_t answer_length(const struct connection *c)
{
    const char *head_end = memmem(c->buffer, c->filled, "\r\n\r\n", 4);
    if (!head_end)
        return 0;
    const char *field = strcasestr(c->buffer, "\r\ncontent-length:");
    errno = 0;
    if (!field || field > head_end)
        fail("an answer without Content-Length");
    return (size_t)(head_end - c->buffer) + 4 + strtoul(field + 17, NULL, 10);
}

static void note_answer(struct connection *c)
{
    unsigned status = (unsigned)strtoul(c->buffer + 9, NULL, 10);
    latencies[answered++] = now() - c->sent_at;
    statuses[status < STATUSES ? status : 0]++;
    if (status == c->expected)
        return;
    if (!unexpected++)
        snprintf(first_unexpected, sizeof first_unexpected, "%u expected, answered: %.300s", c->expected,
                 c->buffer);
}

/* Reads what has come; 1 when the answer is complete. */
static int receive(struct connection *c)
{
    if (c->filled == BUFFER - 1)
        fail("an answer larger than the buffer");
    ssize_t n = recv(c->socket, c->buffer + c->filled, BUFFER - 1 - c->filled, 0);
    if (n < 0)
        fail("recv");
    if (n == 0)
        fail("the server closed a connection");
    c->filled += (size_t)n;
    c->buffer[c->filled] = 0;
    size_t length = answer_length(c);
    return length && c->filled >= length;
}

static int open_connection(unsigned port)
{
    int made = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (made < 0 || connect(made, (struct sockaddr *)&to, sizeof to))
        fail("connect");
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return made;
}

static void run(unsigned port, unsigned connections)
{
    static struct connection *all[MOST_CONNECTIONS];
    struct epoll_event events[MOST_CONNECTIONS];
    int poller = epoll_create1(0);
    unsigned busy = 0;
    for (unsigned i = 0; i < connections; i++) {
        all[i] = malloc(sizeof *all[i]);
        all[i]->socket = open_connection(port);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = all[i]};
        epoll_ctl(poller, EPOLL_CTL_ADD, all[i]->socket, &event);
    }
    for (unsigned i = 0; i < connections; i++)
        busy += (unsigned)send_next(all[i]);
    while (busy) {
        int ready = epoll_wait(poller, events, MOST_CONNECTIONS, PATIENCE_MS);
        if (ready <= 0)
            fail("no answer within a minute");
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (!receive(c))
                continue;
            note_answer(c);
            busy -= !send_next(c);
        }
    }
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void report(double seconds)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                 1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    qsort(latencies, answered, sizeof *latencies, by_size);
    printf("{\"requests\": %zu, \"seconds\": %.6f, \"cpu_seconds\": %.6f, ", answered, seconds, cpu);
    printf("\"p50_ms\": %.4f, \"p99_ms\": %.4f, \"max_ms\": %.4f, ", (double)latencies[answered / 2] / 1e6,
           (double)latencies[answered * 99 / 100] / 1e6, (double)latencies[answered - 1] / 1e6);
    printf("\"unexpected\": %llu, \"statuses\": {", (unsigned long long)unexpected);
    const char *comma = "";
    for (unsigned status = 0; status < STATUSES; status++)
        if (statuses[status]) {
            printf("%s\"%u\": %llu", comma, status, (unsigned long long)statuses[status]);
            comma = ", ";
        }
    puts("}}");
    if (unexpected)
        fprintf(stderr, "%s\n", first_unexpected);
}

int main(int count, char **arguments)
{
    unsigned connections = count == 4 ? (unsigned)atoi(arguments[2]) : 0;
    if (!connections || connections > MOST_CONNECTIONS) {
        fputs("usage: load PORT CONNECTIONS FILE\n", stderr);
        return 2;
    }
    latencies = calloc(map_requests(arguments[3]) + 1, sizeof *latencies);
    uint64_t started = now();
    run((unsigned)atoi(arguments[1]), connections);
    report((double)(now() - started) / 1e9);
    return 0;
}
