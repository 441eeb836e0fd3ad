package dev.asyncloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import reactor.util.context.Context;

class ExecutorCallTest {

    @OnBothCarriers
    void aCallThatWasCancelledBeforeItBeganInterruptsNobodyElsesWork(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            CountDownLatch held = new CountDownLatch(1);
            Semaphore go = new Semaphore(0);
            Task<?> holder = loop.spawn(
                    () -> { // keeps the turn, so that the cancelled call is not done yet
                        held.countDown();
                        go.acquire();
                        return null;
                    });
            assertThat(held.await(5, TimeUnit.SECONDS)).isTrue();
            ExecutorCall<Integer> call = new ExecutorCall<>((DefaultIOLoop) loop, () -> 1, Context.empty());
            assertThat(call.cancel(false)).isTrue();
            call.run(); // by a thread that had taken it from the queue already, and serves others next
            call.cancel(true);
            boolean interrupted = Thread.interrupted();
            go.release();
            holder.get(5, TimeUnit.SECONDS);
            assertThat(interrupted).isFalse();
        }
    }

    @OnBothCarriers
    void aFailureOfACallFromAForeignThreadIsLoggedHoweverEarlyItFails(Carrier carrier) throws Exception {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            int calls = 2_000;
            List<Task<Object>> tasks = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                tasks.add(loop.runInExecutor(() -> {
                    throw new IllegalStateException("early");
                }));
                Loops.settle(loop);
            }
            for (Task<Object> task : tasks) {
                while (!task.isDone()) { // which does not count as awaiting it
                    Loops.settle(loop);
                }
            }
            loop.close();
            assertThat(log.messages().stream().filter(message -> message.contains("nobody awaited")))
                    .hasSize(calls);
        }
    }
}
