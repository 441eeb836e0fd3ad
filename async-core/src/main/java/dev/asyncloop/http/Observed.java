package dev.asyncloop.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request as its observer is told of it: whatever that throws stays here. */
final class Observed {

    private static final Logger log = LoggerFactory.getLogger(FetchObserver.class);

    private final FetchRequest request;

    private List<Map.Entry<String, String>> headers;

    private FetchObserver.Fetching fetching = FetchObserver.Fetching.UNSEEN;

    private Observed(FetchRequest request) {
        this.request = request;
        this.headers = request.headers();
    }

    static Observed begin(FetchObserver observer, FetchRequest request) {
        Observed observed = new Observed(request);
        observed.safely(() -> observed.fetching = observer.begin(request, observed::set));
        return observed;
    }

    private void set(String name, String value) {
        Map.Entry<String, String> checked = HeaderRules.check(name, value);
        headers = new ArrayList<>(headers);
        headers.removeIf(header -> header.getKey().equalsIgnoreCase(name));
        headers.add(checked);
    }

    /** Returns the request's headers, and those that the observer has set. */
    List<Map.Entry<String, String>> headers() {
        return headers;
    }

    void responded(int status, Headers received) {
        safely(() -> fetching.responded(status, received));
    }

    void ended(@Nullable Throwable failure) {
        safely(() -> fetching.ended(failure));
    }

    private void safely(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException ex) {
            log.error("Exception in the observer of {}", request, ex);
        }
    }
}
