package dev.asyncloop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The ways in which the JDK, and Reactor, make a thread wait: what waits, and what another thread does to end it. */
enum JdkWait {
    THREAD_SLEEP(() -> {
        CompletableFuture<Thread> sleeper = new CompletableFuture<>();
        return new Case(
                () -> {
                    sleeper.complete(Thread.currentThread());
                    try {
                        Thread.sleep(Duration.ofSeconds(60));
                    } catch (InterruptedException ex) {
                        // its end
                    }
                },
                () -> sleeper.join().interrupt());
    }),
    LOCK_SUPPORT_PARK(() -> {
        CompletableFuture<Thread> parked = new CompletableFuture<>();
        CountDownLatch over = new CountDownLatch(1);
        return new Case(
                () -> {
                    parked.complete(Thread.currentThread());
                    while (over.getCount() > 0) {
                        LockSupport.park();
                    }
                },
                () -> {
                    over.countDown();
                    LockSupport.unpark(parked.join());
                });
    }),
    REENTRANT_LOCK(() -> {
        ReentrantLock lock = new ReentrantLock();
        Holder holder = new Holder(until -> {
            lock.lock();
            until.run();
            lock.unlock();
        });
        return new Case(
                () -> {
                    lock.lock();
                    lock.unlock();
                },
                holder::letGo);
    }),
    MONITOR(() -> {
        Object monitor = new Object();
        Holder holder = new Holder(until -> {
            synchronized (monitor) {
                until.run();
            }
        });
        return new Case(
                () -> {
                    synchronized (monitor) {
                        monitor.notifyAll();
                    }
                },
                holder::letGo);
    }),
    OBJECT_WAIT(() -> {
        Object monitor = new Object();
        boolean[] over = new boolean[1];
        return new Case(
                () -> {
                    synchronized (monitor) {
                        while (!over[0]) {
                            monitor.wait();
                        }
                    }
                },
                () -> {
                    synchronized (monitor) {
                        over[0] = true;
                        monitor.notifyAll();
                    }
                });
    }),
    BLOCKING_QUEUE_TAKE(() -> {
        BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(1);
        return new Case(queue::take, () -> queue.add(1));
    }),
    FUTURE_GET(() -> {
        CompletableFuture<Integer> future = new CompletableFuture<>();
        return new Case(future::get, () -> future.complete(1));
    }),
    MONO_BLOCK(() -> {
        Sinks.One<Integer> sink = Sinks.one();
        Mono<Integer> mono = sink.asMono();
        return new Case(mono::block, () -> sink.tryEmitValue(1));
    }),
    SOCKET_READ(() -> {
        try {
            ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            Socket reading = new Socket(server.getInetAddress(), server.getLocalPort());
            Socket writing = server.accept();
            server.close();
            return new Case(
                    () -> {
                        reading.getInputStream().read();
                        reading.close();
                    },
                    () -> {
                        writing.getOutputStream().write(1);
                        writing.close();
                    });
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }),
    PROCESS_WAIT_FOR(() -> {
        try {
            Process process = new ProcessBuilder("cat").start(); // ends when its input does
            return new Case(process::waitFor, () -> process.getOutputStream().close());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    });

    private final Supplier<Case> cases;

    JdkWait(Supplier<Case> cases) {
        this.cases = cases;
    }

    Case make() {
        return cases.get();
    }

    interface Action {
        void run() throws Exception;
    }

    /** One wait, to be waited once and ended once. */
    record Case(Action await, Action end) {}

    /** A thread that holds something from the start. */
    private static final class Holder {

        private final CountDownLatch over = new CountDownLatch(1);

        Holder(java.util.function.Consumer<Runnable> hold) {
            CountDownLatch holds = new CountDownLatch(1);
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> hold.accept(() -> {
                        holds.countDown();
                        awaitUninterruptibly(over);
                    }));
            awaitUninterruptibly(holds);
        }

        void letGo() {
            over.countDown();
        }

        private static void awaitUninterruptibly(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            }
        }
    }
}
