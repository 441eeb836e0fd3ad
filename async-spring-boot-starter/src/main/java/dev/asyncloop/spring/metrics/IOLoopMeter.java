package dev.asyncloop.spring.metrics;

import static dev.asyncloop.spring.metrics.IOLoopMeterTag.CLIENT;
import static dev.asyncloop.spring.metrics.IOLoopMeterTag.COROUTINE_OUTCOME;
import static dev.asyncloop.spring.metrics.IOLoopMeterTag.KIND;
import static dev.asyncloop.spring.metrics.IOLoopMeterTag.LOOP;
import static dev.asyncloop.spring.metrics.IOLoopMeterTag.PHASE;
import static dev.asyncloop.spring.metrics.IOLoopMeterTag.PHI;
import static dev.asyncloop.spring.metrics.IOLoopMeterTag.REQUEST_OUTCOME;
import static dev.asyncloop.spring.metrics.IOLoopMeterTag.ROLE;
import static dev.asyncloop.spring.metrics.IOLoopMeterTag.STATE;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * The meters: their names, types, units, tags and descriptions, and nowhere else. The table of {@code docs/metrics.md} is made
 * of this.
 */
public enum IOLoopMeter implements MeterDocumentation {
    LAG(
            Group.LOOP,
            "ioloop.lag",
            Meter.Type.GAUGE,
            "seconds",
            "How long what is due has been waiting now: the first timer, or the first coroutine that has not begun",
            LOOP),
    LAG_MAX(
            Group.LOOP,
            "ioloop.lag.max",
            Meter.Type.GAUGE,
            "seconds",
            "The greatest lag of the last 13 to 17 s, that of now included",
            LOOP),
    LAG_PERCENTILE(
            Group.LOOP,
            "ioloop.lag.percentile",
            Meter.Type.GAUGE,
            "seconds",
            "The lag that this share of what was due in the last 13 to 17 s did not exceed, or an eighth more",
            LOOP,
            PHI),
    HELD(
            Group.LOOP,
            "ioloop.held",
            Meter.Type.GAUGE,
            "seconds",
            "For how long somebody has held the turn, the carrier or the event loop by now; 0 if nobody does",
            LOOP),
    STALLED(
            Group.LOOP,
            "ioloop.stalled",
            Meter.Type.GAUGE,
            "seconds",
            "For how long nobody has begun a turn by now, although there is something to do; else 0",
            LOOP),
    BUSY(
            Group.LOOP,
            "ioloop.busy",
            Meter.Type.COUNTER,
            "seconds",
            "For how long somebody had the turn, or, on the event-loop carrier, Netty something to do; its rate is the busy"
                    + " share over any time",
            LOOP),
    BUSY_SHARE(
            Group.LOOP, "ioloop.busy.share", Meter.Type.GAUGE, null, "The busy share of the last 4 to 5 s, 0 to 1", LOOP),
    TURNS(Group.LOOP, "ioloop.turns", Meter.Type.COUNTER, "turns", "How many turns there were", LOOP),
    WAITING(Group.LOOP, "ioloop.waiting", Meter.Type.GAUGE, "coroutines", "How many wait for the turn", LOOP),
    TIMERS(
            Group.LOOP,
            "ioloop.timers",
            Meter.Type.GAUGE,
            "timers",
            "How many timers are set: of callbacks, sleeps and limits",
            LOOP),
    SLOW_CALLBACKS(
            Group.LOOP,
            "ioloop.slow.callbacks",
            Meter.Type.COUNTER,
            "callbacks",
            "How many slow callbacks the watchdog has reported",
            LOOP),
    COROUTINES_LIVE(
            Group.COROUTINES,
            "ioloop.coroutines.live",
            Meter.Type.GAUGE,
            null,
            "How many coroutines, callbacks included, have not ended",
            LOOP),
    COROUTINES_STARTED(
            Group.COROUTINES,
            "ioloop.coroutines.started",
            Meter.Type.COUNTER,
            null,
            "How many coroutines, callbacks included, were started",
            LOOP),
    COROUTINES_DURATION(
            Group.COROUTINES,
            "ioloop.coroutines.duration",
            Meter.Type.TIMER,
            "seconds",
            "The coroutines that have ended, and how long they lived, their waits included",
            LOOP,
            KIND,
            COROUTINE_OUTCOME),
    COROUTINES_DURATION_MAX(
            Group.COROUTINES,
            "ioloop.coroutines.duration.max",
            Meter.Type.GAUGE,
            "seconds",
            "The longest life of those that ended in the last 10 to 20 s",
            LOOP,
            KIND,
            COROUTINE_OUTCOME),
    COROUTINES_FAILURES(
            Group.COROUTINES,
            "ioloop.coroutines.failures",
            Meter.Type.COUNTER,
            "failures",
            "How many failures nobody has awaited; each is in the log",
            LOOP),
    EXECUTOR_THREADS(
            Group.EXECUTOR,
            "ioloop.executor.threads",
            Meter.Type.GAUGE,
            "threads",
            "How many threads the executor has (at most ioloop.executor.threads)",
            LOOP),
    EXECUTOR_ACTIVE(
            Group.EXECUTOR,
            "ioloop.executor.active",
            Meter.Type.GAUGE,
            "calls",
            "How many calls of runInExecutor run",
            LOOP),
    EXECUTOR_WAITING(
            Group.EXECUTOR, "ioloop.executor.waiting", Meter.Type.GAUGE, "calls", "How many wait for a thread", LOOP),
    EXECUTOR_COMPLETED(
            Group.EXECUTOR, "ioloop.executor.completed", Meter.Type.COUNTER, "calls", "How many have ended", LOOP),
    EXECUTOR_REFUSED(
            Group.EXECUTOR,
            "ioloop.executor.refused",
            Meter.Type.COUNTER,
            "calls",
            "How many were refused, as too many waited",
            LOOP),
    REQUESTS_ACTIVE(
            Group.SERVER,
            "ioloop.requests.active",
            Meter.Type.GAUGE,
            null,
            "How many requests coroutine handlers have (ioloop.web.max-requests)"),
    REQUESTS_WAITING(
            Group.SERVER,
            "ioloop.requests.waiting",
            Meter.Type.GAUGE,
            null,
            "How many wait until one of these has ended (ioloop.web.max-waiting)"),
    REQUESTS_REFUSED(
            Group.SERVER,
            "ioloop.requests.refused",
            Meter.Type.COUNTER,
            null,
            "How many were refused with 503, as too many waited"),
    SERVER_CONNECTIONS(
            Group.SERVER,
            "ioloop.http.server.connections",
            Meter.Type.GAUGE,
            "connections",
            "How many connections of the web server are open, WebSockets included"),
    SERVER_CONNECTIONS_OPENED(
            Group.SERVER,
            "ioloop.http.server.connections.opened",
            Meter.Type.COUNTER,
            null,
            "How many were opened"),
    CLIENT_REQUESTS(
            Group.CLIENT,
            "ioloop.http.client.requests",
            Meter.Type.TIMER,
            "seconds",
            "The requests that have ended, from the call on; each attempt of a retry is one",
            CLIENT,
            REQUEST_OUTCOME),
    CLIENT_PHASE(
            Group.CLIENT,
            "ioloop.http.client.phase",
            Meter.Type.TIMER,
            "seconds",
            "Where their time has gone; resolve, connect and tls count new connections",
            CLIENT,
            PHASE),
    CLIENT_PHASE_MAX(
            Group.CLIENT,
            "ioloop.http.client.phase.max",
            Meter.Type.GAUGE,
            "seconds",
            "The longest that one of those was in the phase that ended in the last 10 to 20 s",
            CLIENT,
            PHASE),
    CLIENT_ACTIVE(
            Group.CLIENT,
            "ioloop.http.client.active",
            Meter.Type.GAUGE,
            "requests",
            "How many requests have a slot",
            CLIENT),
    CLIENT_WAITING(
            Group.CLIENT,
            "ioloop.http.client.waiting",
            Meter.Type.GAUGE,
            "requests",
            "How many wait in line for one",
            CLIENT),
    CLIENT_REFUSED(
            Group.CLIENT,
            "ioloop.http.client.refused",
            Meter.Type.COUNTER,
            "requests",
            "How many have failed at once, as too many waited",
            CLIENT),
    CLIENT_CONNECTIONS(
            Group.CLIENT,
            "ioloop.http.client.connections",
            Meter.Type.GAUGE,
            "connections",
            "How many connections are open",
            CLIENT,
            STATE),
    CLIENT_CONNECTIONS_OPENED(
            Group.CLIENT,
            "ioloop.http.client.connections.opened",
            Meter.Type.COUNTER,
            null,
            "How many were made",
            CLIENT),
    WEBSOCKET_CONNECTIONS(
            Group.WEBSOCKET,
            "ioloop.websocket.connections",
            Meter.Type.GAUGE,
            "connections",
            "How many WebSockets are open",
            ROLE,
            CLIENT),
    WEBSOCKET_OPENED(
            Group.WEBSOCKET,
            "ioloop.websocket.opened",
            Meter.Type.COUNTER,
            "connections",
            "How many were opened",
            ROLE,
            CLIENT),
    WEBSOCKET_CLOSED(
            Group.WEBSOCKET,
            "ioloop.websocket.closed",
            Meter.Type.COUNTER,
            "connections",
            "How many of them were closed",
            ROLE,
            CLIENT),
    WEBSOCKET_OUTBOX(
            Group.WEBSOCKET,
            "ioloop.websocket.outbox",
            Meter.Type.GAUGE,
            "messages",
            "How many messages wait in the outboxes of all",
            ROLE,
            CLIENT),
    WEBSOCKET_OUTBOX_MAX(
            Group.WEBSOCKET,
            "ioloop.websocket.outbox.max",
            Meter.Type.GAUGE,
            "messages",
            "How many wait in the fullest of them",
            ROLE,
            CLIENT),
    WEBSOCKET_DROPPED(
            Group.WEBSOCKET,
            "ioloop.websocket.dropped",
            Meter.Type.COUNTER,
            "messages",
            "How many messages were dropped, as an outbox was full",
            ROLE,
            CLIENT),
    SSE_CONNECTIONS(
            Group.SSE,
            "ioloop.sse.connections",
            Meter.Type.GAUGE,
            "connections",
            "How many event streams are open: handlers with an EventStream that run"),
    SSE_OPENED(Group.SSE, "ioloop.sse.opened", Meter.Type.COUNTER, "connections", "How many were opened"),
    SSE_CLOSED(Group.SSE, "ioloop.sse.closed", Meter.Type.COUNTER, "connections", "How many of them have ended"),
    SSE_OUTBOX(Group.SSE, "ioloop.sse.outbox", Meter.Type.GAUGE, "bytes", "How much waits for the clients of all");

    /** What a meter is of. */
    public enum Group {
        LOOP("The loop"),
        COROUTINES("Coroutines"),
        EXECUTOR("The executor"),
        SERVER("The server"),
        CLIENT("`AsyncHttpClient`"),
        WEBSOCKET("WebSockets"),
        SSE("Event streams");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        /** Returns its name, as text for a page. */
        public String title() {
            return title;
        }
    }

    private final Group group;

    private final String name;

    private final Meter.Type type;

    private final @Nullable String unit;

    private final String description;

    private final IOLoopMeterTag[] tags;

    IOLoopMeter(
            Group group,
            String name,
            Meter.Type type,
            @Nullable String unit,
            String description,
            IOLoopMeterTag... tags) {
        this.group = group;
        this.name = name;
        this.type = type;
        this.unit = unit;
        this.description = description;
        this.tags = tags;
    }

    /** Returns what it is of. */
    public Group group() {
        return group;
    }

    /** Returns what it measures, as a sentence without its end. */
    public String description() {
        return description;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public @Nullable String getBaseUnit() {
        return unit;
    }

    @Override
    public Meter.Type getType() {
        return type;
    }

    @Override
    public KeyName[] getKeyNames() {
        return tags.clone();
    }

    /** Returns its tags, in the order in which {@link Meters} takes their values. */
    IOLoopMeterTag[] tags() {
        return tags;
    }
}
