package dev.asyncloop.spring.websocket;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.websocket.WebSocketClient;
import dev.asyncloop.websocket.WebSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One application for each carrier, with a client on a loop of its own. */
final class Applications implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Class<?> source;

    private final List<String> properties;

    private final Map<Carrier, TestApplication> all = new EnumMap<>(Carrier.class);

    private @Nullable IOLoop loop;

    private @Nullable WebSocketClient client;

    Applications(Class<?> source, String... properties) {
        this.source = source;
        this.properties = List.of(properties);
    }

    TestApplication on(Carrier carrier) {
        return all.computeIfAbsent(carrier, key -> start(source, key, properties));
    }

    static TestApplication start(Class<?> source, Carrier carrier, List<String> properties) {
        List<String> all = new ArrayList<>(properties);
        all.add("ioloop.carrier=" + carrier.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        return TestApplication.start(source, all.toArray(String[]::new));
    }

    static String url(TestApplication application, String path) {
        return "ws://127.0.0.1:" + application.port() + path;
    }

    /** Runs a coroutine of a client, once the application runs. */
    <T extends @Nullable Object> T run(Carrier carrier, ClientCall<T> call) {
        on(carrier);
        WebSocketClient all = client();
        return loop().runSync(LIMIT, () -> call.call(all));
    }

    private IOLoop loop() {
        IOLoop known = loop;
        if (known == null) {
            known = IOLoop.create();
            loop = known;
        }
        return known;
    }

    WebSocketClient client() {
        WebSocketClient known = client;
        if (known == null) {
            known = WebSocketClient.create(loop(), WebSocketOptions.defaults());
            client = known;
        }
        return known;
    }

    /** What a test does with a client, in a coroutine. */
    interface ClientCall<T extends @Nullable Object> {

        T call(WebSocketClient client) throws Exception;
    }

    /** Runs a coroutine of an application. */
    static <T extends @Nullable Object> T in(TestApplication application, Callable<T> coroutine) {
        return application.bean(IOLoop.class).runSync(LIMIT, coroutine);
    }

    /** Waits until something is so that other threads bring about. */
    static void until(BooleanSupplier isSo) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!isSo.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + LIMIT + " in vain");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
        if (loop != null) {
            loop.close();
        }
        all.values().forEach(TestApplication::close);
    }
}
