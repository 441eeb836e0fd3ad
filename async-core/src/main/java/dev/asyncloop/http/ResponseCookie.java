package dev.asyncloop.http;

import io.netty.handler.codec.http.cookie.ClientCookieDecoder;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A cookie that a response sets. The client does not keep it: send it with {@link FetchRequest.Builder#cookie}.
 *
 * @param name the name
 * @param value the value, without quotes around it
 * @param domain for which hosts it is, or {@code null} for the one that has set it
 * @param path for which paths it is, or {@code null}
 * @param maxAge how long it is good from now on, zero or less if it is to be deleted; {@code null} for a session
 * @param secure whether it is for HTTPS only
 * @param httpOnly whether scripts may not read it
 * @param sameSite {@code Strict}, {@code Lax} or {@code None}, or {@code null}
 */
public record ResponseCookie(
        String name,
        String value,
        @Nullable String domain,
        @Nullable String path,
        @Nullable Duration maxAge,
        boolean secure,
        boolean httpOnly,
        @Nullable String sameSite) {

    /** Reads the headers {@code Set-Cookie}, and leaves out those that are no cookie. */
    static List<ResponseCookie> of(Headers headers) {
        return headers.all("Set-Cookie").stream()
                .map(ClientCookieDecoder.LAX::decode)
                .filter(Objects::nonNull)
                .map(ResponseCookie::of)
                .toList();
    }

    private static ResponseCookie of(Cookie cookie) {
        return new ResponseCookie(
                cookie.name(),
                cookie.value(),
                cookie.domain(),
                cookie.path(),
                cookie.maxAge() == Cookie.UNDEFINED_MAX_AGE ? null : Duration.ofSeconds(cookie.maxAge()),
                cookie.isSecure(),
                cookie.isHttpOnly(),
                cookie instanceof DefaultCookie more && more.sameSite() != null
                        ? more.sameSite().name()
                        : null);
    }
}
