package dev.asyncloop.internal.watchdog;

import dev.asyncloop.internal.log.SafeLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, from a thread of its own, whether somebody holds the turn, the carrier or the event loop too long, and tells it
 * once while it happens. What one does who is far too long may be something else than it was at first, so that is told
 * as well. Costs the loop nothing: a number that has not changed for so many looks and for so long is too
 * long. The looks count as well as the time, as a pause of the whole machine is nobody's fault.
 *
 * @param <W> what is watched
 */
public final class Watchdog<W extends Watched> {

    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);

    private static final int LOOKS = 4;

    /** So many times the limit is fine while the application starts, and far too long afterwards. */
    private static final int FAR = 10;

    private static final Duration JOIN = Duration.ofSeconds(1);

    private final List<Post<W>> posts;

    private final long limitNanos;

    private final long quietNanos;

    private final Thread thread;

    private volatile boolean ended;

    private boolean failed;

    /**
     * Makes a watchdog; {@link #start} starts it.
     * @param limitNanos how long something may be held
     * @param quietNanos for how long from the start it may be held ten times as long
     */
    public Watchdog(String name, List<? extends W> watched, long limitNanos, long quietNanos) {
        this.posts = watched.stream().map(one -> new Post<W>(one)).toList();
        this.limitNanos = limitNanos;
        this.quietNanos = quietNanos;
        this.thread = Thread.ofPlatform().daemon().name(name + "-watchdog").unstarted(this::watch);
    }

    /** Starts looking. */
    public void start() {
        thread.start();
    }

    /** Stops looking, and waits for the thread to end; not for long, as it may be about to write a report. */
    public void stop() {
        ended = true;
        LockSupport.unpark(thread);
        try {
            thread.join(JOIN);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns what is held now, the one held longest first; short holds are not seen. Any thread. */
    public List<Held<W>> held() {
        long now = System.nanoTime();
        return posts.stream()
                .map(post -> new Held<>(post.watched, post.heldNanos(now)))
                .filter(held -> held.nanos > 0)
                .sorted((one, other) -> Long.compare(other.nanos, one.nanos))
                .toList();
    }

    private void watch() {
        long start = System.nanoTime();
        long farNanos = limitNanos > Long.MAX_VALUE / FAR ? Long.MAX_VALUE : limitNanos * FAR;
        while (!ended) {
            LockSupport.parkNanos(this, Math.max(1, limitNanos / LOOKS));
            long now = System.nanoTime();
            boolean quiet = now - start < quietNanos;
            for (Post<W> post : posts) {
                try {
                    post.look(now, quiet ? farNanos : limitNanos, farNanos);
                } catch (Throwable ex) { // of an appender, perhaps: who asks what is held relies on these looks
                    failed(ex);
                }
            }
        }
    }

    /** Once: the next look may fail in the same way. */
    private void failed(Throwable failure) {
        if (!failed) {
            failed = true;
            SafeLog.error(log, failure, "Exception in {}, which goes on looking", thread.getName());
        }
    }

    /**
     * Something that is held.
     *
     * @param subject what
     * @param nanos for how long
     * @param <W> what is watched
     */
    public record Held<W extends Watched>(W subject, long nanos) {}

    /** One watched thing, and what was seen of it. */
    private static final class Post<W extends Watched> {

        private final W watched;

        private volatile @Nullable Sight sight;

        private int looks;

        private boolean told;

        private boolean toldAgain;

        Post(W watched) {
            this.watched = watched;
        }

        long heldNanos(long now) {
            Sight seen = sight;
            return seen != null && watched.stretch() == seen.stretch ? now - seen.since : 0;
        }

        void look(long now, long limit, long far) {
            long stretch = watched.stretch();
            Sight seen = sight;
            if (seen != null && stretch == seen.stretch) {
                looks++;
                long held = now - seen.since;
                if (!told && looks >= LOOKS && held >= limit) {
                    told = watched.tooLong(held);
                    toldAgain = false; // also if it is that long already, as while the application starts
                } else if (told && !toldAgain && held >= far) {
                    toldAgain = true;
                    watched.stillHeld(held);
                }
                return;
            }
            if (seen != null && told) {
                watched.over(now - seen.since);
            }
            sight = stretch == Watched.NOBODY ? null : new Sight(stretch, now);
            looks = 0;
            told = false;
        }
    }

    private record Sight(long stretch, long since) {}
}
