package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Many connections to one server, which one thread reads. */
final class Lines implements AutoCloseable {

    /** Hears of each message that comes. */
    interface Listener {

        void received(Line line) throws IOException;
    }

    final List<Line> all = new ArrayList<>();

    private final Selector selector = Selector.open();

    private final Protocol protocol;

    private Lines(Protocol protocol) throws IOException {
        this.protocol = protocol;
    }

    static Lines open(int port, Work work) throws IOException {
        Lines lines = new Lines(work.isWebSocket() ? Protocol.WEB_SOCKET : Protocol.HTTP);
        try {
            for (int i = 0; i < work.connections; i++) {
                lines.add(port, work);
            }
            return lines;
        } catch (IOException e) {
            lines.close();
            throw e;
        }
    }

    private void add(int port, Work work) throws IOException {
        Line line = new Line(all.size(), SocketChannel.open(Ports.address(port)));
        all.add(line);
        if (work.isWebSocket()) {
            line.upgrade(Protocol.upgrade(port, work.path));
        }
        register(line);
    }

    private void register(Line line) throws IOException {
        line.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        line.channel.configureBlocking(false);
        line.channel.register(selector, SelectionKey.OP_READ, line);
    }

    private void reopen(Line line) throws IOException {
        SocketAddress server = line.channel.getRemoteAddress();
        line.channel.close();
        line.channel = SocketChannel.open(server);
        register(line);
    }

    /** Waits so long for something to read, or not at all, and reads it. */
    void read(long millis, Listener listener) throws IOException {
        if (millis > 0) {
            selector.select(millis);
        } else {
            selector.selectNow();
        }
        for (SelectionKey key : selector.selectedKeys()) {
            Line line = (Line) key.attachment();
            int messages = line.read(protocol);
            if (line.saysEnd) {
                reopen(line);
            }
            for (int i = 0; i < messages; i++) {
                listener.received(line);
                line.received++;
            }
        }
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        for (Line line : all) {
            line.channel.close();
        }
        selector.close();
    }
}
