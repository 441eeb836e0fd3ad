package dev.asyncloop.spring.web.stream;

import dev.asyncloop.spring.TestApplication;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One application on each carrier, started when it is first asked for, for all tests of a class. */
final class StreamApplications implements AfterAllCallback {

    private final Class<?> source;

    private final Map<String, TestApplication> running = new ConcurrentHashMap<>();

    StreamApplications(Class<?> source) {
        this.source = source;
    }

    TestApplication on(String carrier) {
        return running.computeIfAbsent(
                carrier,
                key -> TestApplication.start(
                        source,
                        "ioloop.carrier=" + key,
                        "server.http2.enabled=true",
                        "spring.lifecycle.timeout-per-shutdown-phase=200ms"));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        running.values().forEach(TestApplication::close);
    }
}
