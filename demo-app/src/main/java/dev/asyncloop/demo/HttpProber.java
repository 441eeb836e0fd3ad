package dev.asyncloop.demo;

import static dev.asyncloop.Async.await;

import dev.asyncloop.http.AddressNotAllowedException;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.BodyTooLargeException;
import dev.asyncloop.http.ConnectFailedException;
import dev.asyncloop.http.FetchException;
import dev.asyncloop.http.FetchRequest;
import dev.asyncloop.http.FetchResponse;
import dev.asyncloop.http.FetchTimeoutException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** Probes with an HTTP client. Redirects are followed; only a 2xx answer at their end is up. */
final class HttpProber implements Prober {

    static final String NOT_PUBLIC = "Not a public address";

    private final AsyncHttpClient http;

    private final Duration timeout;

    private final Duration slowAfter;

    HttpProber(AsyncHttpClient http, Duration timeout, Duration slowAfter) {
        this.http = http;
        this.timeout = timeout;
        this.slowAfter = slowAfter;
    }

    @Override
    public ProbeResult probe(URI url) {
        FetchRequest request = FetchRequest.get(url.toString())
                .timeout(timeout)
                .raiseError(false)
                .build();
        try {
            return answered(await(http.fetch(request)));
        } catch (FetchException ex) {
            return new ProbeResult(State.DOWN, ex.elapsed().toMillis(), null, describe(ex));
        }
    }

    private ProbeResult answered(FetchResponse response) {
        int status = response.status();
        Duration latency = response.timings().total();
        if (status < 200 || status > 299) {
            return new ProbeResult(State.DOWN, latency.toMillis(), status, describe(status));
        }
        State state = latency.compareTo(slowAfter) < 0 ? State.UP : State.SLOW;
        return new ProbeResult(state, latency.toMillis(), status, null);
    }

    private static String describe(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? String.valueOf(status) : status + " " + known.getReasonPhrase();
    }

    private String describe(FetchException failure) {
        return switch (failure) {
            case AddressNotAllowedException refused -> NOT_PUBLIC;
            case FetchTimeoutException late -> "No answer within " + timeout.toMillis() / 1000.0 + " s";
            case BodyTooLargeException large -> "The answer is too large";
            case ConnectFailedException failed -> describeConnecting(failed.getCause());
            default -> "The answer is broken";
        };
    }

    private static String describeConnecting(@Nullable Throwable cause) {
        if (cause instanceof UnknownHostException) {
            return "Unknown host";
        }
        if (cause instanceof SSLException) {
            return "No secure connection";
        }
        return cause instanceof ConnectException ? "Connection refused" : "No connection";
    }
}
