package dev.asyncloop.spring;

import dev.asyncloop.Carrier;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An application that all tests of a class share, started on each carrier when the first of them needs it. */
public final class ApplicationPerCarrier implements AutoCloseable {

    private final Map<Carrier, TestApplication> running = new EnumMap<>(Carrier.class);

    private final Class<?> source;

    private final List<String> properties;

    public ApplicationPerCarrier(Class<?> source, String... properties) {
        this.source = source;
        this.properties = List.of(properties);
    }

    public TestApplication on(Carrier carrier) {
        return running.computeIfAbsent(carrier, key -> {
            String name = key.name().toLowerCase(Locale.ROOT).replace('_', '-');
            String[] all = new String[properties.size() + 1];
            properties.toArray(all);
            all[properties.size()] = "ioloop.carrier=" + name;
            return TestApplication.start(source, all);
        });
    }

    /** Returns those that were started. */
    public Collection<TestApplication> started() {
        return running.values();
    }

    @Override
    public void close() {
        running.values().forEach(TestApplication::close);
    }
}
