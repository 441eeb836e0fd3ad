package dev.asyncloop.http;

import dev.asyncloop.internal.connect.AddressRefusedException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** Gives what Netty and Reactor Netty report the client's own names. */
final class FetchFailures {

    private FetchFailures() {}

    static Throwable of(Throwable failure, FetchException.Attempt attempt, HttpClientOptions options) {
        return switch (failure) {
            case Error error -> error;
            case AddressRefusedException refused -> new AddressNotAllowedException(refused.address(), attempt);
            case TooLongHttpHeaderException tooLong ->
                new BrokenResponseException(
                        "the headers are larger than " + options.maxHeaderSize() + " bytes; raise maxHeaderSize",
                        attempt,
                        tooLong);
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
            case SSLException tls ->
                new ConnectFailedException(
                        "the connection could not be secured (" + describe(tls)
                                + "); check the certificate, and that this port speaks TLS",
                        attempt,
                        tls);
            case HopHandler.ConnectionLostException lost ->
                new BrokenResponseException(
                        "the connection was lost before there was a response: " + describe(lost), attempt, lost);
            default ->
                attempt.phase() == FetchPhase.CONNECT
                        ? new ConnectFailedException("no connection was made: " + describe(failure), attempt, failure)
                        : new BrokenResponseException("no valid response came: " + describe(failure), attempt, failure);
        };
    }

    private static String describe(Throwable failure) {
        String message = failure.getMessage();
        return message != null ? message : failure.getClass().getSimpleName();
    }
}
