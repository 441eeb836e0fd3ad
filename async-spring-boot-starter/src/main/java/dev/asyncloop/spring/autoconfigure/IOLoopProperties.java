package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.Carrier;
import dev.asyncloop.SwitchOn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of the loop.
 */
@ConfigurationProperties("ioloop")
public class IOLoopProperties {

    /** Name of the loop, which its threads carry. */
    private String name = "ioloop";

    /** What carries the coroutines; "auto" takes the event loop where the JVM allows it. */
    private CarrierChoice carrier = CarrierChoice.AUTO;

    private final Coroutine coroutine = new Coroutine();

    private final Executor executor = new Executor();

    private final Watchdog watchdog = new Watchdog();

    private final Web web = new Web();

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public CarrierChoice getCarrier() {
        return carrier;
    }

    public void setCarrier(CarrierChoice carrier) {
        this.carrier = carrier;
    }

    public Coroutine getCoroutine() {
        return coroutine;
    }

    public Executor getExecutor() {
        return executor;
    }

    public Watchdog getWatchdog() {
        return watchdog;
    }

    public Web getWeb() {
        return web;
    }

    /** What may be asked for as {@code ioloop.carrier}. */
    public enum CarrierChoice {
        /** The event loop where the JVM allows it, else the JDK's scheduler. */
        AUTO(null),
        /** One platform thread for everything; the start fails where the JVM does not allow it. */
        EVENT_LOOP(Carrier.EVENT_LOOP),
        /** The JDK's own scheduler, with Netty's thread beside it. */
        JDK(Carrier.JDK);

        private final @Nullable Carrier carrier;

        CarrierChoice(@Nullable Carrier carrier) {
            this.carrier = carrier;
        }

        @Nullable
        Carrier carrier() {
            return carrier;
        }
    }

    /** Limits of coroutines. */
    public static class Coroutine {

        /** Most live coroutines; a request beyond them gets 503. */
        private int max = 1_000_000;

        /** Where coroutines give way: "await" is in Async only, "any" also in every wait of the JDK's. */
        private SwitchOn switchOn = SwitchOn.AWAIT;

        public int getMax() {
            return max;
        }

        public void setMax(int max) {
            this.max = max;
        }

        public SwitchOn getSwitchOn() {
            return switchOn;
        }

        public void setSwitchOn(SwitchOn switchOn) {
            this.switchOn = switchOn;
        }
    }

    /** The platform threads of runInExecutor. */
    public static class Executor {

        /** Most threads for blocking and CPU-bound work; as many as processors by default. */
        private @Nullable Integer threads;

        /** Most calls that wait for a thread. */
        private int queue = 1_000;

        public @Nullable Integer getThreads() {
            return threads;
        }

        public void setThreads(@Nullable Integer threads) {
            this.threads = threads;
        }

        public int getQueue() {
            return queue;
        }

        public void setQueue(int queue) {
            this.queue = queue;
        }
    }

    /** What is reported while it happens. */
    public static class Watchdog {

        /** How long somebody may hold the turn, the carrier or the event loop before that is reported. */
        private Duration slowCallback = Duration.ofMillis(100);

        /** For how long from the start of the loop only what takes ten times as long is reported. */
        private Duration quietStart = Duration.ofSeconds(10);

        /** For how long somebody may hold the loop, or it may have no turn, before its health is down. */
        private Duration downAfter = Duration.ofSeconds(10);

        /** For how long a periodic callback may be due, or run, before the health of the loop names it. */
        private Duration overdueAfter = Duration.ofMinutes(1);

        public Duration getSlowCallback() {
            return slowCallback;
        }

        public void setSlowCallback(Duration slowCallback) {
            this.slowCallback = slowCallback;
        }

        public Duration getQuietStart() {
            return quietStart;
        }

        public void setQuietStart(Duration quietStart) {
            this.quietStart = quietStart;
        }

        public Duration getDownAfter() {
            return downAfter;
        }

        public void setDownAfter(Duration downAfter) {
            this.downAfter = downAfter;
        }

        public Duration getOverdueAfter() {
            return overdueAfter;
        }

        public void setOverdueAfter(Duration overdueAfter) {
            this.overdueAfter = overdueAfter;
        }
    }

    /** The web server. */
    public static class Web {

        /** Whether the web server and the reactive HTTP clients live on the loop. */
        private boolean enabled = true;

        /** Whether the server of a management port of its own lives on the loop, too, and not beside it. */
        private boolean management = false;

        public boolean isManagement() {
            return management;
        }

        public void setManagement(boolean management) {
            this.management = management;
        }

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }

        private final EventStream eventStream = new EventStream();

        public EventStream getEventStream() {
            return eventStream;
        }

        /** Events that handlers send. */
        public static class EventStream {

            /** Interval of comments that keep a connection alive while no event is sent; zero for none. */
            private Duration heartbeat = Duration.ofSeconds(15);

            public Duration getHeartbeat() {
                return heartbeat;
            }

            public void setHeartbeat(Duration heartbeat) {
                this.heartbeat = heartbeat;
            }
        }

        /** How long a coroutine handler may take until its answer begins; then it is cancelled and the client gets 504. */
        private @Nullable Duration requestTimeout;

        /** Most requests that coroutine handlers have at a time; more wait, or get 503. */
        private int maxRequests = 100_000;

        /** Most requests that wait for one of them to end. */
        private int maxWaiting = 0;

        /** How long the headers of a request may take from their first byte on. */
        private Duration headerTimeout = Duration.ofSeconds(20);

        /** How long who reads the body of a request waits for the next bytes of it. */
        private Duration bodyTimeout = Duration.ofSeconds(30);

        public @Nullable Duration getRequestTimeout() {
            return requestTimeout;
        }

        public void setRequestTimeout(@Nullable Duration requestTimeout) {
            this.requestTimeout = requestTimeout;
        }

        public int getMaxRequests() {
            return maxRequests;
        }

        public void setMaxRequests(int maxRequests) {
            this.maxRequests = maxRequests;
        }

        public int getMaxWaiting() {
            return maxWaiting;
        }

        public void setMaxWaiting(int maxWaiting) {
            this.maxWaiting = maxWaiting;
        }

        public Duration getHeaderTimeout() {
            return headerTimeout;
        }

        public void setHeaderTimeout(Duration headerTimeout) {
            this.headerTimeout = headerTimeout;
        }

        public Duration getBodyTimeout() {
            return bodyTimeout;
        }

        public void setBodyTimeout(Duration bodyTimeout) {
            this.bodyTimeout = bodyTimeout;
        }
    }
}
