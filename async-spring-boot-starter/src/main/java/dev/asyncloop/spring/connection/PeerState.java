package dev.asyncloop.spring.connection;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;

/** Asks the kernel what the other side of a connection has done; only where it can say so. */
final class PeerState {

    /** As in {@code tcp_states.h}. */
    private static final int TCP_CLOSE_WAIT = 8;

    private PeerState() {}

    static boolean isKnown(Channel channel) {
        return channel instanceof EpollSocketChannel;
    }

    /** Returns whether nothing more will come, while there may be bytes that nobody has read. */
    static boolean hasClosed(Channel channel) {
        return channel instanceof EpollSocketChannel socket
                && socket.isOpen()
                && socket.tcpInfo().state() == TCP_CLOSE_WAIT;
    }
}
