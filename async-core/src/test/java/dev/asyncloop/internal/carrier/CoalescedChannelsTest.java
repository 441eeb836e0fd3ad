package dev.asyncloop.internal.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Loops;
import dev.asyncloop.OnBothCarriers;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Channels of loops on epoll whose wishes are told at the poll. */
class CoalescedChannelsTest {

    private static final int LIMIT_SECONDS = 20;

    private static final int BYTES = 1 << 20;

    private static final int ROUNDS = 50;

    @BeforeAll
    static void onlyWithEpoll() {
        assumeThat(Epoll.isAvailable()).isTrue();
    }

    @OnBothCarriers
    void whatIsSentToWhoStopsAndGoesOnToReadArrivesOnceAndInOrder(Carrier carrier) throws Exception {
        byte[] sent = new byte[BYTES];
        new Random(carrier.ordinal()).nextBytes(sent);
        try (IOLoop loop = Loops.on(carrier)) {
            Channel server = new ServerBootstrap()
                    .group(loop.eventLoopGroup())
                    .channel(EpollServerSocketChannel.class)
                    .childOption(ChannelOption.SO_SNDBUF, 8 * 1024) // the answer waits for the peer
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new StoppingEcho());
                        }
                    })
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .sync()
                    .channel();
            try (Socket peer = new Socket()) {
                peer.setReceiveBufferSize(8 * 1024);
                peer.setSoTimeout(LIMIT_SECONDS * 1000);
                peer.connect(server.localAddress());
                Thread writer = Thread.ofPlatform().daemon().start(() -> send(peer, sent));
                byte[] received = peer.getInputStream().readNBytes(BYTES);
                assertThat(received).isEqualTo(sent);
                writer.join(LIMIT_SECONDS * 1000L);
            }
            server.close().sync();
        }
    }

    private static void send(Socket peer, byte[] bytes) {
        Random random = new Random(bytes.length);
        try {
            for (int at = 0; at < bytes.length; ) {
                int length = Math.min(1 + random.nextInt(16 * 1024), bytes.length - at);
                peer.getOutputStream().write(bytes, at, length);
                at += length;
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @OnBothCarriers
    void whoGetsTheNumberOfAClosedChannelIsWatchedForItsOwnWishes(Carrier carrier) throws Exception {
        try (IOLoop loop = Loops.on(carrier);
                EchoPeer peer = new EchoPeer()) {
            Rounds rounds = new Rounds(loop.eventLoopGroup().next(), peer.address());
            rounds.begin();
            assertThat(rounds.over.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(ROUNDS);
            assertThat(rounds.reused).isPositive();
        }
    }

    @Test
    void aChannelWhoseWishFailsAtThePollHearsOfItAndIsClosed() throws Exception {
        AtomicBoolean fails = new AtomicBoolean();
        CompletableFuture<Throwable> caught = new CompletableFuture<>();
        IoHandlerFactory epoll = EpollIoHandler.newFactory();
        try (EchoPeer peer = new EchoPeer();
                TurnedLoop loop = new TurnedLoop(executor -> new Failing(epoll.newHandler(executor), fails))) {
            Channel channel = connect(loop.io, peer.address(), new ChannelInboundHandlerAdapter() {
                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                    caught.complete(cause);
                }
            });
            loop.io.execute(() -> {
                fails.set(true);
                channel.config().setAutoRead(true);
            });
            assertThat(caught.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isInstanceOf(UncheckedIOException.class);
            assertThat(channel.closeFuture().await(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    /** That is after the wishes were told, and before the loop would sleep. */
    @Test
    void aWishOfWhoWaitsUntilNettyIsIdleIsToldBeforeTheLoopSleeps() throws Exception {
        CompletableFuture<Integer> read = new CompletableFuture<>();
        try (EchoPeer peer = new EchoPeer();
                TurnedLoop loop = new TurnedLoop(EpollIoHandler.newFactory())) {
            Channel channel = connect(loop.io, peer.address(), new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    read.complete(((ByteBuf) message).getInt(0));
                    ((ByteBuf) message).release();
                }
            });
            channel.writeAndFlush(Unpooled.copyInt(42)).sync();
            loop.io.whenIdle(() -> channel.config().setAutoRead(true));
            assertThat(read.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(42);
        }
    }

    private static Channel connect(IoLoop loop, InetSocketAddress address, ChannelHandler handler)
            throws InterruptedException {
        return new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .handler(handler)
                .connect(address)
                .sync()
                .channel();
    }

    /** Stops to read with each read, and goes on at once, in a task, or after some polls. */
    private static final class StoppingEcho extends ChannelInboundHandlerAdapter {

        private int reads;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            Channel channel = context.channel();
            channel.config().setAutoRead(false);
            context.write(message);
            switch (reads++ % 4) {
                case 0 -> goOn(channel);
                case 1 -> context.executor().execute(() -> goOn(channel));
                case 2 -> Thread.ofPlatform().daemon().start(() -> goOn(channel)); // as somebody else may
                default -> context.executor().schedule(() -> goOn(channel), 1, TimeUnit.MILLISECONDS);
            }
        }

        private static void goOn(Channel channel) {
            channel.flush();
            channel.config().setAutoRead(true).setAutoRead(false).setAutoRead(true);
        }
    }

    /** One channel after the other: each is closed with a change that was not told, and the next is made in the same task. */
    private static final class Rounds {

        private final EventLoop loop;

        private final InetSocketAddress address;

        private final CompletableFuture<Integer> over = new CompletableFuture<>();

        private int round;

        private int lastFd = -1;

        private volatile int reused;

        Rounds(EventLoop loop, InetSocketAddress address) {
            this.loop = loop;
            this.address = address;
        }

        void begin() {
            loop.execute(this::next);
        }

        private void next() {
            int expected = round;
            new Bootstrap()
                    .group(loop)
                    .channel(EpollSocketChannel.class)
                    .handler(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelActive(ChannelHandlerContext context) {
                            context.writeAndFlush(Unpooled.copyInt(expected));
                        }

                        @Override
                        public void channelRead(ChannelHandlerContext context, Object message) {
                            int answer = ((ByteBuf) message).getInt(0);
                            ((ByteBuf) message).release();
                            if (answer == expected) {
                                context.executor().execute(() -> end((EpollSocketChannel) context.channel()));
                            }
                        }
                    })
                    .connect(address);
        }

        private void end(EpollSocketChannel channel) {
            int fd = channel.fd().intValue();
            if (fd == lastFd) {
                reused++;
            }
            lastFd = fd;
            channel.config().setAutoRead(false);
            channel.close();
            if (++round == ROUNDS) {
                over.complete(round);
            } else {
                next();
            }
        }
    }

    /** Sends back what it gets, to one after the other. */
    private static final class EchoPeer implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        EchoPeer() throws IOException {
            Thread.ofPlatform().daemon().start(this::serve);
        }

        InetSocketAddress address() {
            return (InetSocketAddress) server.getLocalSocketAddress();
        }

        private void serve() {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                } catch (IOException ex) {
                    continue; // the next one, or the end
                }
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    /** A loop whose thread does nothing else. */
    private static final class TurnedLoop implements AutoCloseable {

        private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::turn);

        private final IoLoop io;

        TurnedLoop(IoHandlerFactory epoll) {
            io = new IoLoop(thread, CoalescingIoHandler.factory(epoll), () -> true, () -> {}, () -> {});
            thread.start();
        }

        private void turn() {
            while (!io.isTerminated()) {
                io.run(0, IoLoop.TASK_BUDGET_NANOS);
            }
        }

        @Override
        public void close() throws InterruptedException {
            io.shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS);
            assertThat(io.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Tells the kernel nothing any more as soon as it is told to fail. */
    private static final class Failing implements IoHandler {

        private final IoHandler delegate;

        private final AtomicBoolean fails;

        Failing(IoHandler delegate, AtomicBoolean fails) {
            this.delegate = delegate;
            this.fails = fails;
        }

        @Override
        public int run(IoHandlerContext context) {
            return delegate.run(context);
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            IoRegistration registration = delegate.register(handle);
            return new IoRegistration() {
                @Override
                public <T> T attachment() {
                    return registration.attachment();
                }

                @Override
                public long submit(IoOps ops) {
                    if (fails.get()) {
                        throw new UncheckedIOException(new IOException("pretended"));
                    }
                    return registration.submit(ops);
                }

                @Override
                public boolean isValid() {
                    return registration.isValid();
                }

                @Override
                public boolean cancel() {
                    return registration.cancel();
                }
            };
        }

        @Override
        public void prepareToDestroy() {
            delegate.prepareToDestroy();
        }

        @Override
        public void destroy() {
            delegate.destroy();
        }

        @Override
        public void wakeup() {
            delegate.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return delegate.isCompatible(handleType);
        }
    }
}
