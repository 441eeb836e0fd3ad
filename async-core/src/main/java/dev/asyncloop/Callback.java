package dev.asyncloop;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The body of a coroutine that was handed in as a callback, by which it is known as one. */
record Callback(Runnable code) implements Callable<@Nullable Void> {

    @Override
    public @Nullable Void call() {
        code.run();
        return null;
    }
}
