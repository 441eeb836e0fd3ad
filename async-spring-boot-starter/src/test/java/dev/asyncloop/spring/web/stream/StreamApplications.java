package dev.asyncloop.spring.web.stream;

import dev.asyncloop.spring.TestApplication;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** One application on each carrier for all tests of streams, started when it is first asked for. */
final class StreamApplications implements BeforeAllCallback {

    private static final Map<String, TestApplication> RUNNING = new ConcurrentHashMap<>();

    static TestApplication on(String carrier) {
        return RUNNING.computeIfAbsent(carrier, StreamApplications::start);
    }

    /** Starts one more, for a test that ends it. */
    static TestApplication start(String carrier) {
        return TestApplication.start(
                Application.class,
                "ioloop.carrier=" + carrier,
                "server.http2.enabled=true",
                "spring.lifecycle.timeout-per-shutdown-phase=200ms");
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        AutoCloseable end = () -> {
            RUNNING.values().forEach(TestApplication::close);
            RUNNING.clear();
        };
        context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(StreamApplications.class, key -> end);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({EventStreamTest.Handlers.class, ResponseStreamTest.Handlers.class, RequestStreamTest.Handlers.class})
    static class Application {}
}
