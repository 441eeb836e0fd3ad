package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.internal.carrier.LoopCarrier;
import dev.asyncloop.testing.ManualClock;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Law 6: whoever has much to do leaves the others, the timers and the sockets their share. Counted in turns and polls; the
 * polls of the event-loop carrier, as on the JDK's another thread polls.
 */
class FairnessTest {

    /** What is done in one turn, or by one task of Netty's: the law's 1 ms holds so many of them. */
    private static final long SLICE_NANOS = 10_000;

    private static final int SLICES_BETWEEN_POLLS = 1_000_000 / (int) SLICE_NANOS;

    static Stream<Arguments> loops() {
        return Stream.of(
                Arguments.of(Carrier.EVENT_LOOP, true),
                Arguments.of(Carrier.EVENT_LOOP, false),
                Arguments.of(Carrier.JDK, true),
                Arguments.of(Carrier.JDK, false));
    }

    private static IOLoop loop(Carrier carrier, boolean nativeTransport) {
        return IOLoop.create(Loops.options(carrier).withNativeTransport(nativeTransport));
    }

    private static LoopCarrier carrierOf(IOLoop loop) {
        return ((DefaultIOLoop) loop).loopCarrier();
    }

    private static void spin(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }

    // ---- many who are ready

    @ParameterizedTest
    @MethodSource("loops")
    void thoseWhoYieldTakeTurnsInOrder(Carrier carrier, boolean nativeTransport) throws Exception {
        int yielders = 5;
        int rounds = 2_000;
        List<Integer> order = new ArrayList<>();
        try (IOLoop loop = loop(carrier, nativeTransport)) {
            loop.spawn(() -> {
                        List<Task<Object>> tasks = new ArrayList<>();
                        for (int i = 0; i < yielders; i++) {
                            int number = i;
                            tasks.add(Async.spawn(() -> {
                                for (int round = 0; round < rounds; round++) {
                                    order.add(number);
                                    yieldNow();
                                }
                                return null;
                            }));
                        }
                        return Async.gather(tasks);
                    })
                    .get(20, TimeUnit.SECONDS);
        }
        assertThat(order).hasSize(yielders * rounds);
        for (int i = 0; i < order.size(); i++) {
            assertThat(order.get(i)).isEqualTo(i % yielders);
        }
    }

    @ParameterizedTest
    @MethodSource("loops")
    void tenThousandWhoAreReadyLeaveTimersAndSocketsTheirShare(Carrier carrier, boolean nativeTransport)
            throws Exception {
        int many = 10_000;
        AtomicBoolean over = new AtomicBoolean();
        long[] turns = new long[1];
        long[] lastPoll = new long[1];
        int[] sincePoll = new int[1];
        int[] polled = new int[1];
        int[] polledLate = new int[1];
        ManualClock clock = new ManualClock();
        try (IOLoop loop = IOLoop.create(Loops.options(carrier)
                        .withNativeTransport(nativeTransport)
                        .withClock(clock));
                Echo echo = new Echo(loop)) {
            LoopCarrier polls = carrierOf(loop);
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                tasks.add(loop.spawn(() -> {
                    while (!over.get()) {
                        turns[0]++;
                        long poll = polls.passes();
                        if (poll != lastPoll[0]) {
                            polled[0]++;
                            polledLate[0] += sincePoll[0] > 2 * SLICES_BETWEEN_POLLS ? 1 : 0;
                            sincePoll[0] = 0;
                        }
                        sincePoll[0]++;
                        lastPoll[0] = poll;
                        spin(SLICE_NANOS);
                        yieldNow();
                    }
                }));
            }
            List<Integer> fired = new ArrayList<>();
            long waited = loop.spawn(() -> {
                        List<CompletableFuture<Long>> dues = new ArrayList<>();
                        for (int delay : new int[] {3, 1, 4, 2}) { // ms
                            CompletableFuture<Long> due = new CompletableFuture<>();
                            dues.add(due);
                            loop.callLater(Duration.ofMillis(delay), () -> {
                                fired.add(delay);
                                due.complete(turns[0]);
                            });
                        }
                        long before = turns[0];
                        clock.advance(Duration.ofMillis(3));
                        return await(dues.getFirst()) - before;
                    })
                    .get(60, TimeUnit.SECONDS);
            assertThat(fired).containsExactly(1, 2, 3); // by deadline, and not what is not due
            // one round until it is seen what is due, one more for the callback's own turn
            assertThat(waited).isBetween((long) many, 5L * many / 2);
            for (int i = 0; i < 2; i++) {
                echo.roundTrip();
            }
            over.set(true);
            for (Task<?> task : tasks) {
                task.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(turns[0]).isGreaterThan(many);
        if (carrier == Carrier.EVENT_LOOP) {
            // a pass takes longer while somebody looks at the stack of its thread, or has a lock that it needs
            assertThat(polled[0]).isGreaterThan(50);
            assertThat(polledLate[0]).isLessThanOrEqualTo(polled[0] / 20);
            assertThat(sincePoll[0]).isLessThan(many);
        }
    }

    @ParameterizedTest
    @MethodSource("loops")
    void callbacksAndDependentsThatComeAgainAndAgainLeaveTheOthersTheirShare(Carrier carrier, boolean nativeTransport)
            throws Exception {
        int rounds = 200;
        AtomicBoolean over = new AtomicBoolean();
        int[] callbacks = new int[1];
        int[] dependents = new int[1];
        int[] most = new int[1];
        try (IOLoop loop = loop(carrier, nativeTransport);
                Echo echo = new Echo(loop)) {
            addAgain(loop, over, callbacks);
            dependAgain(loop, over, dependents);
            loop.spawn(() -> {
                        for (int i = 0; i < rounds; i++) {
                            callbacks[0] = 0;
                            dependents[0] = 0;
                            yieldNow();
                            most[0] = Math.max(most[0], Math.max(callbacks[0], dependents[0]));
                        }
                    })
                    .get(20, TimeUnit.SECONDS);
            for (int i = 0; i < 10; i++) {
                echo.roundTrip();
                sleepOn(loop);
            }
            over.set(true);
        }
        assertThat(most[0]).isEqualTo(1); // each of them once in a round
    }

    private static void addAgain(IOLoop loop, AtomicBoolean over, int[] count) {
        loop.addCallback(() -> {
            count[0]++;
            if (!over.get()) {
                addAgain(loop, over, count);
            }
        });
    }

    private static void dependAgain(IOLoop loop, AtomicBoolean over, int[] count) {
        loop.spawn(() -> 1).thenApply(one -> one + 1).thenAccept(two -> {
            count[0]++;
            if (!over.get()) {
                dependAgain(loop, over, count);
            }
        });
    }

    private static void sleepOn(IOLoop loop) throws Exception {
        loop.spawn(() -> sleep(Duration.ofMillis(1))).get(20, TimeUnit.SECONDS);
    }

    // ---- what is done between two turns

    /** The loop's own short work, in one hand-over of the turn. */
    @Test
    void manyTimersThatAreDueAtOnceAreNotSetOffInOneGo() throws Exception {
        int many = 200_000;
        ManualClock clock = new ManualClock();
        long[] before = new long[1];
        CompletableFuture<Long> polls = new CompletableFuture<>();
        try (IOLoop loop = Loops.on(Carrier.EVENT_LOOP, clock)) {
            LoopCarrier carrier = carrierOf(loop);
            loop.runSync(() -> {
                for (int i = 0; i < many; i++) {
                    loop.callLater(Duration.ofMillis(1), () -> {});
                }
                loop.callLater(Duration.ofMillis(1), () -> {});
                return null;
            });
            CountDownLatch stood = new CountDownLatch(1);
            loop.runSync(() -> {
                clock.advance(Duration.ofMillis(1)); // stands in line
                before[0] = carrier.passes();
                loop.addCallback(() -> polls.complete(carrier.passes() - before[0])); // behind it
                stood.countDown();
                return null;
            });
            assertThat(polls.get(60, TimeUnit.SECONDS)).isGreaterThan(5);
        }
    }

    @Test
    void manyWhoAreCancelledBeforeTheirFirstTurnDoNotEndInOneGo() throws Exception {
        int many = 200_000;
        try (IOLoop loop = Loops.on(Carrier.EVENT_LOOP)) {
            LoopCarrier carrier = carrierOf(loop);
            long polls = loop.spawn(() -> {
                        List<Task<?>> tasks = new ArrayList<>();
                        for (int i = 0; i < many; i++) {
                            tasks.add(loop.spawn(() -> 1));
                        }
                        tasks.forEach(task -> task.cancel(false));
                        long before = carrier.passes();
                        yieldNow();
                        assertThat(tasks).allMatch(Task::isDone);
                        return carrier.passes() - before;
                    })
                    .get(60, TimeUnit.SECONDS);
            assertThat(polls).isGreaterThan(5);
        }
    }

    // ---- a flood of I/O

    @ParameterizedTest
    @MethodSource("loops")
    void tasksOfNettysThatComeAgainAndAgainLeaveCoroutinesTheirTurns(Carrier carrier, boolean nativeTransport)
            throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        long[] tasks = new long[1]; // on the event-loop carrier of one thread
        int turns = 500;
        try (IOLoop loop = loop(carrier, nativeTransport)) {
            for (int i = 0; i < 20; i++) {
                submitAgain(loop, over, tasks);
            }
            long[] mostPolls = new long[1];
            long[] mostTasks = new long[1];
            loop.spawn(() -> {
                        LoopCarrier polls = carrierOf(loop);
                        sleep(Duration.ofMillis(1)); // timers go on, too
                        while (polls.passes() == 0) { // and so do the polls while others spin
                            yieldNow();
                        }
                        for (int i = 0; i < turns; i++) {
                            long pollsBefore = polls.passes();
                            long tasksBefore = tasks[0];
                            yieldNow();
                            mostPolls[0] = Math.max(mostPolls[0], polls.passes() - pollsBefore);
                            mostTasks[0] = Math.max(mostTasks[0], tasks[0] - tasksBefore);
                        }
                    })
                    .get(60, TimeUnit.SECONDS);
            if (carrier == Carrier.EVENT_LOOP) {
                assertThat(mostPolls[0]).isBetween(0L, 1L);
                assertThat(mostTasks[0]).isBetween(0L, 2L * SLICES_BETWEEN_POLLS);
            }
            over.set(true);
        }
        assertThat(tasks[0]).isPositive();
    }

    private static void submitAgain(IOLoop loop, AtomicBoolean over, long[] count) {
        loop.eventLoopGroup().execute(() -> {
            count[0]++;
            spin(SLICE_NANOS);
            if (!over.get()) {
                submitAgain(loop, over, count);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("loops")
    void aSocketThatAlwaysHasDataLeavesTheOthersTheirShare(Carrier carrier, boolean nativeTransport) throws Exception {
        try (IOLoop loop = loop(carrier, nativeTransport);
                Flood flood = new Flood(loop);
                Echo echo = new Echo(loop)) {
            long[] mostPolls = new long[1];
            for (int i = 0; i < 20; i++) {
                loop.spawn(() -> {
                            LoopCarrier polls = carrierOf(loop);
                            for (int turn = 0; turn < 100; turn++) {
                                long before = polls.passes();
                                yieldNow();
                                mostPolls[0] = Math.max(mostPolls[0], polls.passes() - before);
                            }
                            sleep(Duration.ofMillis(1));
                        })
                        .get(20, TimeUnit.SECONDS);
                echo.roundTrip();
            }
            if (carrier == Carrier.EVENT_LOOP) {
                assertThat(mostPolls[0]).isLessThanOrEqualTo(1);
            }
            flood.awaitMore();
        }
    }

    // ---- sockets

    private static Channel connect(IOLoop loop, int port, SimpleChannelInboundHandler<ByteBuf> handler)
            throws InterruptedException {
        return new Bootstrap()
                .group(loop.eventLoopGroup())
                .channel(loop.transport().equals("epoll") ? EpollSocketChannel.class : NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(handler);
                    }
                })
                .connect(InetAddress.getLoopbackAddress(), port)
                .sync()
                .channel();
    }

    /** A socket of the loop's to a peer that sends back what it gets. */
    private static final class Echo implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

        private final Thread peer = Thread.ofPlatform().daemon().start(this::serve);

        private final Channel channel;

        private final IOLoop loop;

        private volatile CompletableFuture<Integer> answer = new CompletableFuture<>();

        Echo(IOLoop loop) throws Exception {
            this.loop = loop;
            this.channel = connect(loop, server.getLocalPort(), new SimpleChannelInboundHandler<>() {
                @Override
                protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                    answer.complete((int) bytes.readByte());
                }
            });
        }

        private void serve() {
            try (Socket socket = server.accept()) {
                socket.setTcpNoDelay(true);
                int read;
                while ((read = socket.getInputStream().read()) >= 0) {
                    socket.getOutputStream().write(read);
                }
            } catch (IOException ex) {
                // the end of the test
            }
        }

        /** Writes in a coroutine, which waits for what comes back. */
        void roundTrip() throws Exception {
            CompletableFuture<Integer> mine = new CompletableFuture<>();
            answer = mine;
            int back = loop.spawn(() -> {
                        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {42}));
                        return await(mine);
                    })
                    .get(60, TimeUnit.SECONDS);
            assertThat(back).isEqualTo(42);
        }

        @Override
        public void close() throws Exception {
            channel.close().sync();
            server.close();
            peer.join(20_000);
        }
    }

    /** A socket of the loop's whose peer sends as much as it can. */
    private static final class Flood implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

        private final Thread peer = Thread.ofPlatform().daemon().start(this::serve);

        private final AtomicLong received = new AtomicLong();

        private final Channel channel;

        Flood(IOLoop loop) throws Exception {
            this.channel = connect(loop, server.getLocalPort(), new SimpleChannelInboundHandler<>() {
                @Override
                protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                    received.addAndGet(bytes.readableBytes());
                }
            });
        }

        private void serve() {
            byte[] block = new byte[64 * 1024];
            try (Socket socket = server.accept()) {
                while (true) {
                    socket.getOutputStream().write(block);
                }
            } catch (IOException ex) {
                // the end of the test
            }
        }

        /** Waits until more has come, so that the flood is one. */
        void awaitMore() {
            long enough = received.get() + 1_000_000;
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (received.get() < enough) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.onSpinWait();
            }
        }

        @Override
        public void close() throws Exception {
            channel.close().sync();
            server.close();
            peer.join(20_000);
        }
    }
}
