package dev.asyncloop.internal.carrier;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;

/**
 * How Netty talks to the operating system.
 */
public record Transport(String name, IoHandlerFactory handlers) {

    /** Returns the native transport where there is one and it is allowed, else Java's NIO. */
    public static Transport choose(boolean nativeAllowed) {
        return nativeAllowed && Epoll.isAvailable()
                ? new Transport("epoll", CoalescingIoHandler.factory(EpollIoHandler.newFactory()))
                : new Transport("nio", NioIoHandler.newFactory());
    }

    /** Returns Java's NIO with a count of its channels; for one event loop. */
    public static Transport counting() {
        return new Transport("nio", new CountingIoHandler.Factory(NioIoHandler.newFactory()));
    }

    /** Returns whether a virtual thread that polls keeps its carrier. */
    boolean pollsInThread() {
        return name.equals("epoll");
    }

    /** Returns how many channels are registered, zero if they are not counted. Any thread. */
    public int channels() {
        return handlers instanceof CountingIoHandler.Factory counting ? counting.count() : 0;
    }
}
