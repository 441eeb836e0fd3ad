package dev.asyncloop;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.LoggerFactory;

/**
 * Takes what is logged below this library's package out of the output and keeps it; of what the watchdog says only if asked
 * for, as on a slow machine anything may take long.
 */
public final class CapturedLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.asyncloop");

    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

    private final boolean watchdogToo;

    public CapturedLog() {
        this(false);
    }

    public static CapturedLog withWatchdog() {
        return new CapturedLog(true);
    }

    private CapturedLog(boolean watchdogToo) {
        this.watchdogToo = watchdogToo;
        start();
        logger.setAdditive(false);
        logger.setLevel(Level.INFO);
        logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (!watchdogToo && event.getThreadName().endsWith("-watchdog")) {
            return;
        }
        event.prepareForDeferredProcessing(); // its text and its MDC are those of now
        events.add(event);
        synchronized (events) {
            events.notifyAll();
        }
    }

    public List<String> messages() {
        return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    public List<ILoggingEvent> events() {
        return events;
    }

    /** Waits until a message that matches is there. */
    public String await(Predicate<String> matching) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        synchronized (events) {
            while (System.nanoTime() < deadline) {
                for (String message : messages()) {
                    if (matching.test(message)) {
                        return message;
                    }
                }
                events.wait(100);
            }
        }
        throw new AssertionError("No such message within 20 s; there were: " + messages());
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(null);
    }
}
