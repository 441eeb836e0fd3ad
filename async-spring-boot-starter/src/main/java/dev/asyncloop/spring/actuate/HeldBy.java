package dev.asyncloop.spring.actuate;

import dev.asyncloop.SlowCallback;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What holds the loop, as the endpoints tell it.
 *
 * @param held what is held
 * @param by who holds it: the name of the coroutine or of another thread
 * @param heldFor for how long so far
 * @param waiting how many are ready and wait for it
 * @param what what the holder does, as a part of a sentence
 * @param wayOut what to do about it
 * @param stack where the holder is, innermost first
 */
public record HeldBy(
        SlowCallback.Held held,
        String by,
        Duration heldFor,
        int waiting,
        String what,
        String wayOut,
        List<String> stack) {

    static @Nullable HeldBy of(@Nullable SlowCallback seen) {
        return seen == null
                ? null
                : new HeldBy(
                        seen.held(),
                        seen.name(),
                        seen.heldFor(),
                        seen.waiting(),
                        seen.what(),
                        seen.wayOut(),
                        Stacks.text(seen.stack()));
    }
}
