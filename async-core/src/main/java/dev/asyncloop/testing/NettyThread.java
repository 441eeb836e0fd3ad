package dev.asyncloop.testing;

import dev.asyncloop.DrivenLoop;
import io.netty.util.concurrent.EventExecutor;

/** Netty's thread, which a loop needs to go on. */
final class NettyThread {

    private NettyThread() {}

    /**
     * Refuses a call that would wait for the loop there.
     * @throws IllegalStateException if the caller is Netty's thread of this loop
     */
    static void refuse(DrivenLoop loop, String operation) {
        for (EventExecutor executor : loop.eventLoopGroup()) {
            if (executor.inEventLoop()) {
                throw new IllegalStateException("`" + operation + "` was called on '"
                        + Thread.currentThread().getName() + "', Netty's thread, which the loop needs to go on;"
                        + " call it in the test's thread, or in a coroutine");
            }
        }
    }
}
