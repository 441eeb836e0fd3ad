package dev.asyncloop.channel;

import dev.asyncloop.IOLoop;
import io.netty.channel.EventLoop;

/** Where signals to and from Reactor are given. */
final class EventLoops {

    private EventLoops() {}

    /** Runs something short on the loop's event loop, in the order of the calls; at once if that takes no tasks any more. */
    static void run(IOLoop loop, Runnable task) {
        EventLoop eventLoop = loop.eventLoopGroup().next();
        if (eventLoop.isShuttingDown()) {
            task.run();
        } else {
            eventLoop.execute(task);
        }
    }
}
