package dev.asyncloop;

import dev.asyncloop.LoopTotals.Lived;
import dev.asyncloop.LoopTotals.Outcome;
import dev.asyncloop.internal.meter.SpentTime;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Adds up how long the coroutines of a loop have lived. Told by who has the turn, asked by any thread. */
final class CoroutineTimes {

    private final DefaultIOLoop loop;

    private final long origin;

    private final Map<Outcome, SpentTime> coroutines = spent();

    private final Map<Outcome, SpentTime> callbacks = spent();

    CoroutineTimes(DefaultIOLoop loop) {
        this.loop = loop;
        this.origin = loop.now();
    }

    private static Map<Outcome, SpentTime> spent() {
        Map<Outcome, SpentTime> spent = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            spent.put(outcome, new SpentTime());
        }
        return spent;
    }

    void ended(Coroutine<?> coroutine, @Nullable Throwable failure) {
        long now = loop.now();
        Map<Outcome, SpentTime> kind = coroutine.isCallback() ? callbacks : coroutines;
        Objects.requireNonNull(kind.get(outcome(failure))).add(now - origin, now - coroutine.startedAt());
    }

    private static Outcome outcome(@Nullable Throwable failure) {
        if (failure == null) {
            return Outcome.RETURNED;
        }
        return failure instanceof CancellationException ? Outcome.CANCELLED : Outcome.FAILED;
    }

    Map<Outcome, Lived> coroutines() {
        return read(coroutines);
    }

    Map<Outcome, Lived> callbacks() {
        return read(callbacks);
    }

    private Map<Outcome, Lived> read(Map<Outcome, SpentTime> all) {
        long now = loop.now() - origin;
        Map<Outcome, Lived> lived = new EnumMap<>(Outcome.class);
        all.forEach((outcome, spent) -> lived.put(
                outcome,
                new Lived(spent.count(), Duration.ofNanos(spent.nanos()), Duration.ofNanos(spent.longest(now)))));
        return lived;
    }
}
