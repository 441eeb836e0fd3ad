package dev.asyncloop.spring.web;

import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.web.reactive.result.condition.PatternsRequestCondition;
import org.springframework.web.reactive.result.condition.RequestCondition;
import org.springframework.web.reactive.result.condition.RequestConditionHolder;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;

/**
 * How paths were matched, so that it is not done for each request: where a mapping has no conditions but paths and methods, it is
 * always the same for a path. So many and no more; one that comes takes the place of another. Any thread: what is lost in a race is
 * made again.
 */
final class DirectPaths {

    /** A power of two. */
    private static final int PLACES = 256;

    /** Of paths whose elements are those of their text, and of no other. */
    private static final Class<?> SPRINGS = RequestPath.parse("/", null).getClass();

    private final @Nullable Direct[] places = new @Nullable Direct[PLACES];

    /**
     * How the path of a request is matched.
     * @param match without variables
     */
    record Direct(RequestMappingInfo info, String path, PathPattern pattern, PathPattern.PathMatchInfo match) {}

    /** Returns how a path is matched, or {@code null} if there are other conditions, or variables. */
    @Nullable
    Direct find(RequestMappingInfo info, ServerWebExchange exchange) {
        RequestPath requested = exchange.getRequest().getPath();
        if (!isSprings(requested)) {
            return null;
        }
        PathContainer path = requested.pathWithinApplication();
        int place = place(info, path.value());
        Direct known = places[place];
        if (known != null && known.info == info && known.path.equals(path.value())) {
            return known;
        }
        Direct direct = hasConditions(info) ? null : match(info, path, exchange);
        if (direct != null) {
            places[place] = direct;
        }
        return direct;
    }

    /** Returns whether a path is as Spring makes one. */
    static boolean isSprings(RequestPath path) {
        return path.getClass() == SPRINGS;
    }

    private static int place(RequestMappingInfo info, String path) {
        int hash = 31 * info.hashCode() + path.hashCode();
        return (hash ^ hash >>> 16) & PLACES - 1;
    }

    private static boolean hasConditions(RequestMappingInfo info) {
        return !info.getParamsCondition().isEmpty()
                || !info.getHeadersCondition().isEmpty()
                || !info.getConsumesCondition().isEmpty()
                || !info.getProducesCondition().isEmpty()
                || !info.getVersionCondition().isEmpty()
                || isCondition(info.getCustomCondition());
    }

    /** An info that was made from another one, as that of an empty path, has an empty holder. */
    private static boolean isCondition(@Nullable RequestCondition<?> custom) {
        return custom instanceof RequestConditionHolder holder ? !holder.isEmpty() : custom != null;
    }

    private static @Nullable Direct match(RequestMappingInfo info, PathContainer path, ServerWebExchange exchange) {
        PatternsRequestCondition matching = info.getPatternsCondition().getMatchingCondition(exchange);
        if (matching == null) {
            return null;
        }
        PathPattern best = matching.getPatterns().iterator().next();
        PathPattern.PathMatchInfo match = best.matchAndExtract(path);
        return match != null
                        && match.getUriVariables().isEmpty()
                        && match.getMatrixVariables().isEmpty()
                ? new Direct(info, path.value(), best, match)
                : null;
    }
}
