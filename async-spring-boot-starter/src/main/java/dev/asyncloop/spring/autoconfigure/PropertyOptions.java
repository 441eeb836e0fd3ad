package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.SwitchOn;
import dev.asyncloop.spring.autoconfigure.IOLoopProperties.CarrierChoice;
import java.time.Duration;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Turns properties into options of the loop; what can't be names the property and its value. */
final class PropertyOptions {

    private PropertyOptions() {}

    static IOLoopOptions of(IOLoopProperties properties) {
        IOLoopOptions options =
                IOLoopOptions.defaults().withCarrier(properties.getCarrier().carrier());
        options = with(options, "ioloop.name", properties.getName(), IOLoopOptions::withName);
        options = with(
                options, "ioloop.coroutine.max", properties.getCoroutine().getMax(), IOLoopOptions::withMaxCoroutines);
        options = options.withSwitchOn(properties.getCoroutine().getSwitchOn());
        options = with(
                options,
                "ioloop.executor.threads",
                properties.getExecutor().getThreads(),
                IOLoopOptions::withExecutorThreads);
        options = with(
                options,
                "ioloop.executor.queue",
                properties.getExecutor().getQueue(),
                IOLoopOptions::withExecutorQueue);
        options = with(
                options,
                "ioloop.watchdog.quiet-start",
                properties.getWatchdog().getQuietStart(),
                IOLoopOptions::withQuietStart);
        return with(
                options,
                "ioloop.watchdog.slow-callback",
                properties.getWatchdog().getSlowCallback(),
                IOLoopOptions::withSlowCallback);
    }

    /** Returns options with the value of a property; as they are where there is none. */
    static <O, V> O with(O options, String property, @Nullable V value, BiFunction<O, V, O> change) {
        if (value == null) {
            return options;
        }
        try {
            return change.apply(options, value);
        } catch (IllegalArgumentException | ArithmeticException ex) {
            throw new InvalidConfigurationPropertyValueException(property, value, String.valueOf(ex.getMessage()));
        }
    }

    /** Returns the value of a property that has to be positive. */
    static Duration positive(String property, Duration value) {
        if (!value.isPositive()) {
            throw new InvalidConfigurationPropertyValueException(property, value, "It must be positive");
        }
        return value;
    }

    /** Makes the loop; that this JVM does not allow the carrier asked for, or needed, is a bad value, too. */
    static IOLoop createLoop(IOLoopOptions options, CarrierChoice carrier) {
        try {
            return IOLoop.create(options);
        } catch (IllegalStateException ex) {
            if (carrier == CarrierChoice.EVENT_LOOP) {
                throw new InvalidConfigurationPropertyValueException(
                        "ioloop.carrier", "event-loop", String.valueOf(ex.getMessage()));
            }
            if (options.switchOn() == SwitchOn.ANY) {
                throw new InvalidConfigurationPropertyValueException(
                        "ioloop.coroutine.switch-on", "any", String.valueOf(ex.getMessage()));
            }
            throw ex;
        }
    }
}
