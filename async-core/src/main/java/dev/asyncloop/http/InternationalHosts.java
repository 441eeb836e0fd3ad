package dev.asyncloop.http;

import java.net.IDN;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Host names beyond ASCII, as the names that DNS knows: {@code bücher.example} is {@code xn--bcher-kva.example}. */
final class InternationalHosts {

    private static final Pattern HOST = Pattern.compile(
            "^(?i:https?)://(?:[^/?#@]*+@)?+(?<host>[^/?#@:\\[\\]]*[^\\x00-\\x7f][^/?#@:\\[\\]]*)(?=[:/?#]|$)");

    /** Java has these by the older standard, as other names than browsers do. */
    private static final Pattern AMBIGUOUS = Pattern.compile("[\u00df\u03c2\u200c\u200d]");

    private InternationalHosts() {}

    /**
     * Returns the URL with its host in ASCII; as it is if there is nothing to do.
     * @throws IllegalArgumentException if the host is no name that can be in ASCII
     */
    static String toAscii(String url) {
        if (isAscii(url)) {
            return url;
        }
        Matcher matcher = HOST.matcher(url);
        if (!matcher.find()) {
            return url;
        }
        String host = matcher.group("host");
        try {
            if (!AMBIGUOUS.matcher(host).find()) {
                return url.substring(0, matcher.start("host"))
                        + IDN.toASCII(host, IDN.USE_STD3_ASCII_RULES)
                        + url.substring(matcher.end("host"));
            }
        } catch (IllegalArgumentException ex) {
            // said below
        }
        throw new IllegalArgumentException("URL '" + Credentials.shown(url) + "' has the host '" + host
                + "', which is no clear name in ASCII; write the name as it is registered (xn--...)");
    }

    private static boolean isAscii(String url) {
        for (int i = 0; i < url.length(); i++) {
            if (url.charAt(i) > 0x7f) {
                return false;
            }
        }
        return true;
    }
}
