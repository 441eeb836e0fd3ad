package dev.asyncloop.internal.carrier;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;

/**
 * How Netty talks to the operating system.
 */
record Transport(String name, IoHandlerFactory handlers) {

    static Transport choose(boolean nativeAllowed) {
        return nativeAllowed && Epoll.isAvailable()
                ? new Transport("epoll", EpollIoHandler.newFactory())
                : new Transport("nio", NioIoHandler.newFactory());
    }
}
