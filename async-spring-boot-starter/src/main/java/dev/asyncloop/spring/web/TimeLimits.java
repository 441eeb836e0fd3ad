package dev.asyncloop.spring.web;

import dev.asyncloop.spring.TimeLimit;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.StringValueResolver;
import org.springframework.web.method.HandlerMethod;

/** Knows the limit of time of each handler. */
final class TimeLimits {

    private static final String NONE = "-";

    private static final String REMEDY = "give it a positive duration such as 2s, 500ms or PT1M, or \"-\" for none; a"
            + " placeholder has to be set, or to have a default as in ${name:2s}";

    private final @Nullable Duration byDefault;

    private final StringValueResolver placeholders;

    private final Map<MethodClassKey, Optional<Duration>> known = new ConcurrentHashMap<>();

    TimeLimits(@Nullable Duration byDefault, StringValueResolver placeholders) {
        this.byDefault = byDefault;
        this.placeholders = placeholders;
    }

    @Nullable
    Duration of(HandlerMethod handler) {
        Method method = handler.getMethod();
        Class<?> type = handler.getBeanType();
        return known.computeIfAbsent(new MethodClassKey(method, type), key -> Optional.ofNullable(find(method, type)))
                .orElse(null);
    }

    private @Nullable Duration find(Method method, Class<?> type) {
        TimeLimit limit = on(method);
        if (limit == null) {
            limit = on(type);
        }
        return limit == null ? byDefault : parse(limit, method.toString(), placeholders);
    }

    static @Nullable TimeLimit on(AnnotatedElement element) {
        return AnnotatedElementUtils.findMergedAnnotation(element, TimeLimit.class);
    }

    /**
     * Returns the limit; {@code null} if there is to be none.
     * @throws CoroutineMisuseException if its value can't be
     */
    static @Nullable Duration parse(TimeLimit limit, String place, StringValueResolver placeholders) {
        String value = limit.value();
        try {
            String resolved = placeholders.resolveStringValue(value);
            value = resolved != null ? resolved.strip() : "";
            if (value.equals(NONE)) {
                return null;
            }
            Duration duration = DurationFormatterUtils.detectAndParse(value);
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException("it is not positive");
            }
            return duration;
        } catch (RuntimeException ex) {
            throw new CoroutineMisuseException(
                    "@TimeLimit on " + place + " has `\"" + limit.value() + "\"`"
                            + (value.equals(limit.value()) ? "" : ", which is \"" + value + "\"") + ": "
                            + ex.getMessage(),
                    REMEDY);
        }
    }
}
