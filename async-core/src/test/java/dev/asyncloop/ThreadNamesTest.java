package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.spawn;
import static dev.asyncloop.Async.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Threads are called as their coroutines are, in dumps and in logs. */
class ThreadNamesTest {

    private static String own() {
        return Thread.currentThread().getName();
    }

    @OnBothCarriers
    void aNameAndTheNumber(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            String name = loop.spawn("GET /quotes/{symbol}", () -> own()).join();
            assertThat(name).matches("GET /quotes/\\{symbol} #\\d+");
        }
    }

    @OnBothCarriers
    void aLogShowsWhichCoroutineWroteIt(Carrier carrier) {
        try (CapturedLog log = new CapturedLog();
                IOLoop loop = Loops.on(carrier)) {
            loop.spawn("writer", () -> {
                        LoggerFactory.getLogger("dev.asyncloop.test").info("written");
                        return null;
                    })
                    .join();
            ILoggingEvent event = log.events().stream()
                    .filter(one -> one.getMessage().equals("written"))
                    .findAny()
                    .orElseThrow();
            assertThat(event.getThreadName()).matches("writer #\\d+");
        }
    }

    @OnBothCarriers
    void whoHasNoNameGetsOneWhenItWaits(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            List<String> names = loop.spawn("parent", () -> {
                        Task<List<String>> child = spawn(() -> {
                            String before = own();
                            yieldNow();
                            String stillReady = own();
                            await(spawn(() -> 1));
                            return List.of(before, stillReady, own());
                        });
                        return await(child);
                    })
                    .join();
            assertThat(names.get(0)).isEqualTo("coroutine");
            assertThat(names.get(1)).isEqualTo("coroutine");
            assertThat(names.get(2)).matches("child #\\d+ of 'parent'");
            String alone = loop.spawn(() -> {
                        await(spawn(() -> 1));
                        return own();
                    })
                    .join();
            assertThat(alone).matches("coroutine #\\d+");
        }
    }

    @OnBothCarriers
    void whoBlocksHasItsName(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(loop.spawn(() -> Async.blocking(() -> own())).join()).matches("coroutine #\\d+");
        }
    }
}
