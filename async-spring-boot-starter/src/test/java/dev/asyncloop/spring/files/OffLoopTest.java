package dev.asyncloop.spring.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

/** What is read off the loop comes back to it, the end as well. */
class OffLoopTest {

    private static Flux<DataBuffer> reading(int size, long count, AtomicInteger steps) {
        return Flux.generate(
                () -> ResourceReader.open(new ByteArrayResource(new byte[size]), 0, count), (reader, sink) -> {
                    steps.incrementAndGet();
                    reader.read(DefaultDataBufferFactory.sharedInstance, sink);
                    return reader;
                });
    }

    @ParameterizedTest
    @EnumSource
    void allIsSignalledOnTheEventLoop(Carrier carrier) {
        try (IOLoop loop = IOLoop.create(IOLoopOptions.defaults().withCarrier(carrier))) {
            List<String> elsewhere = new CopyOnWriteArrayList<>();
            Runnable look = () -> {
                if (!loop.eventLoopGroup().next().inEventLoop()) {
                    elsewhere.add(Thread.currentThread().toString());
                }
            };
            long size = 100_000;
            long read = new OffLoop(loop)
                    .produce(reading((int) size, size, new AtomicInteger()))
                    .doOnNext(buffer -> look.run())
                    .doOnComplete(look)
                    .reduce(0L, (sum, buffer) -> sum + buffer.readableByteCount())
                    .blockOptional(Duration.ofSeconds(20))
                    .orElseThrow();
            assertThat(read).isEqualTo(size);
            assertThat(elsewhere).isEmpty();
        }
    }

    /** Else the client has it all while the server has not ended its answer. */
    @ParameterizedTest
    @CsvSource({"5, 5, 1", "16384, 16384, 1", "16385, 16385, 2", "0, 0, 1", "5, -1, 2"})
    void theEndComesWithTheLastBytes(int size, long count, int steps) {
        AtomicInteger taken = new AtomicInteger();
        reading(size, count, taken).blockLast(Duration.ofSeconds(20));
        assertThat(taken).hasValue(steps);
    }
}
