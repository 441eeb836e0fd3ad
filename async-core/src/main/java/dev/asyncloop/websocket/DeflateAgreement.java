package dev.asyncloop.websocket;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a server says to a client's offers of {@code permessage-deflate} (RFC 7692, section 5): yes to the first one that it
 * can keep to.
 *
 * @param answer the value of {@code Sec-WebSocket-Extensions}
 */
record DeflateAgreement(String answer, Deflation deflation) {

    private static final String EXTENSION = "permessage-deflate";

    private static final String FORGETFUL_SERVER = "server_no_context_takeover";

    private static final String FORGETFUL_CLIENT = "client_no_context_takeover";

    private static final String SERVER_WINDOW = "server_max_window_bits";

    private static final String CLIENT_WINDOW = "client_max_window_bits";

    /** The JDK compresses with the largest window, and with no other. */
    private static final String LARGEST_WINDOW = "15";

    /** Returns what is agreed upon, or {@code null} if messages are not compressed. */
    static @Nullable DeflateAgreement of(List<String> offers, Compression compression) {
        if (compression == Compression.OFF) {
            return null;
        }
        for (String offer : offers) {
            DeflateAgreement agreement = of(offer, compression == Compression.WITHOUT_CONTEXT);
            if (agreement != null) {
                return agreement;
            }
        }
        return null;
    }

    private static @Nullable DeflateAgreement of(String offer, boolean forgetful) {
        String[] parts = offer.split(";", -1);
        if (!parts[0].strip().equalsIgnoreCase(EXTENSION)) {
            return null;
        }
        boolean forgetsSent = forgetful;
        boolean forgetsReceived = forgetful;
        boolean windowGiven = false;
        Set<String> seen = new HashSet<>();
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            String[] parameter = part.split("=", 2);
            String name = parameter[0].strip().toLowerCase(Locale.ROOT);
            String value = parameter.length == 1 ? "" : parameter[1].strip().replaceAll("^\"(.*)\"$", "$1");
            boolean keepsTo = seen.add(name)
                    && switch (name) {
                        case FORGETFUL_SERVER, FORGETFUL_CLIENT -> parameter.length == 1;
                        case SERVER_WINDOW -> value.equals(LARGEST_WINDOW);
                        case CLIENT_WINDOW -> parameter.length == 1 || value.matches("[89]|1[0-5]"); // any will do
                        default -> false;
                    };
            if (!keepsTo) {
                return null;
            }
            forgetsSent |= name.equals(FORGETFUL_SERVER);
            forgetsReceived |= name.equals(FORGETFUL_CLIENT);
            windowGiven |= name.equals(SERVER_WINDOW);
        }
        String answer = EXTENSION
                + (forgetsSent ? "; " + FORGETFUL_SERVER : "")
                + (forgetsReceived ? "; " + FORGETFUL_CLIENT : "")
                + (windowGiven ? "; " + SERVER_WINDOW + "=" + LARGEST_WINDOW : "");
        return new DeflateAgreement(answer, new Deflation(forgetsSent, forgetsReceived));
    }
}
