package dev.asyncloop.http;

import dev.asyncloop.internal.connect.AddressRefusedException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http2.Http2Exception;
import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** Gives what Netty and Reactor Netty report the client's own names. */
final class FetchFailures {

    private FetchFailures() {}

    static Throwable of(Throwable failure, FetchException.Attempt attempt, HttpClientOptions options) {
        if (ProxyFailures.isProxied(attempt.uri(), options) && attempt.phase() == FetchPhase.CONNECT) {
            ProxyFailedException proxy = ProxyFailures.of(failure, attempt, options);
            if (proxy != null) {
                return proxy;
            }
        }
        if (failure instanceof DecoderException && failure.getCause() instanceof SSLException tls) {
            return of(tls, attempt, options);
        }
        return switch (failure) {
            case Error error -> error;
            case AddressRefusedException refused -> new AddressNotAllowedException(refused.address(), attempt);
            case TooLongHttpHeaderException tooLong -> headersTooLarge(tooLong, attempt, options);
            case Http2Exception.HeaderListSizeException tooLong -> headersTooLarge(tooLong, attempt, options);
            case UnknownHostException unknown ->
                new ConnectFailedException(
                        "the name was not found (" + describe(unknown) + "); check the host name and the DNS server",
                        attempt,
                        unknown);
            case ConnectException refused ->
                new ConnectFailedException(
                        "no connection was made (" + describe(refused)
                                + "); check host and port, and that the server runs",
                        attempt,
                        refused);
            case SSLException tls -> {
                TlsFailedException.Problem problem = TlsProblems.of(tls);
                yield new TlsFailedException(
                        problem,
                        "the connection could not be secured (" + describe(tls) + "): " + problem.wayOut(),
                        attempt,
                        tls);
            }
            case HopHandler.ConnectionLostException lost ->
                new BrokenResponseException(
                        "the connection was lost before there was a response: " + describe(lost), attempt, lost);
            default ->
                attempt.phase() == FetchPhase.CONNECT
                        ? new ConnectFailedException("no connection was made: " + describe(failure), attempt, failure)
                        : new BrokenResponseException("no valid response came: " + describe(failure), attempt, failure);
        };
    }

    private static BrokenResponseException headersTooLarge(
            Throwable failure, FetchException.Attempt attempt, HttpClientOptions options) {
        return new BrokenResponseException(
                "the headers are larger than " + options.maxHeaderSize() + " bytes; raise maxHeaderSize",
                attempt,
                failure);
    }

    static String describe(Throwable failure) {
        String message = failure.getMessage();
        return message != null ? message : failure.getClass().getSimpleName();
    }
}
