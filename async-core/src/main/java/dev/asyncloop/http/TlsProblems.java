package dev.asyncloop.http;

import dev.asyncloop.http.TlsFailedException.Problem;
import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells what is wrong from what the JVM reports, which is causes for its own checks and text for the server's. */
final class TlsProblems {

    private static final int DEEPEST = 16;

    /** Alerts of RFC 8446 by which a server says that it wants another client certificate, or one at all. */
    private static final List<String> ABOUT_THE_CLIENT = List.of(
            "certificate_required",
            "bad_certificate",
            "unsupported_certificate",
            "certificate_revoked",
            "certificate_expired",
            "certificate_unknown",
            "unknown_ca",
            "access_denied");

    private TlsProblems() {}

    static Problem of(Throwable failure) {
        Throwable current = failure;
        for (int depth = 0; current != null && depth < DEEPEST; depth++, current = current.getCause()) {
            switch (current) {
                case CertificateExpiredException expired -> {
                    return Problem.EXPIRED;
                }
                case CertificateNotYetValidException early -> {
                    return Problem.EXPIRED;
                }
                case CertPathBuilderException unknown -> {
                    return Problem.UNKNOWN_AUTHORITY;
                }
                case NotSslRecordException other -> {
                    return Problem.NO_TLS;
                }
                default -> {
                    Problem told = ofText(current);
                    if (told != null) {
                        return told;
                    }
                }
            }
        }
        return Problem.OTHER;
    }

    private static @Nullable Problem ofText(Throwable failure) {
        String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (failure instanceof CertificateException) {
            return text.contains("subject alternative") || text.contains("no name matching")
                    ? Problem.WRONG_HOST
                    : null;
        }
        if (text.contains("received fatal alert")) {
            if (ABOUT_THE_CLIENT.stream().anyMatch(text::contains)) {
                return Problem.CLIENT_CERTIFICATE;
            }
            if (text.contains("protocol_version")) {
                return Problem.NOTHING_IN_COMMON;
            }
        }
        return text.contains("no appropriate protocol") || text.contains("not selected in the handshake")
                ? Problem.NOTHING_IN_COMMON
                : null;
    }
}
