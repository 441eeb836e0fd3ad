package dev.asyncloop.http;

import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A form with files, as the body of a request: {@code multipart/form-data}, RFC 7578. Immutable, and may be sent again.
 *
 * <p>Names are sent in UTF-8 as browsers do it, without the {@code filename*} that RFC 7578 rules out. The boundary is drawn
 * at random when the parts are complete, with 144 bits, so that no part can have been made to contain it. Files are read
 * when they are sent, by the loop's executor and a piece at a time.
 */
public final class Multipart {

    private static final String OCTETS = "application/octet-stream";

    private static final SecureRandom RANDOM = new SecureRandom();

    private final List<Part> parts;

    private final String boundary;

    private Multipart(List<Part> parts) {
        byte[] random = new byte[18];
        RANDOM.nextBytes(random);
        this.parts = List.copyOf(parts);
        this.boundary = "async-loop-" + Base64.getUrlEncoder().encodeToString(random);
    }

    /** Begins one. */
    public static Builder builder() {
        return new Builder();
    }

    List<Part> parts() {
        return parts;
    }

    String boundary() {
        return boundary;
    }

    @Override
    public String toString() {
        return "Multipart" + parts.stream().map(Part::name).toList();
    }

    /** What stands between two boundaries: bytes, or those of a file. */
    record Part(
            String name,
            @Nullable String fileName,
            @Nullable String contentType,
            byte @Nullable [] bytes,
            @Nullable Path file) {

        /** Returns what stands before the content. */
        byte[] head(String boundary, boolean first) {
            StringBuilder head = new StringBuilder(first ? "--" : "\r\n--")
                    .append(boundary)
                    .append("\r\nContent-Disposition: form-data; name=\"")
                    .append(quoted(name))
                    .append('"');
            if (fileName != null) {
                head.append("; filename=\"").append(quoted(fileName)).append('"');
            }
            if (contentType != null) {
                head.append("\r\nContent-Type: ").append(contentType);
            }
            return head.append("\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8);
        }

        private static String quoted(String text) {
            return text.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
        }
    }

    /** Collects the parts, in order. Not for several threads. */
    public static final class Builder {

        private final List<Part> parts = new ArrayList<>();

        private Builder() {}

        /** Adds a field with a text, in UTF-8. */
        public Builder field(String name, String value) {
            return add(new Part(name, null, null, value.getBytes(StandardCharsets.UTF_8), null));
        }

        /** Adds bytes as a file of this name, with the type that the name's ending tells. */
        public Builder file(String name, String fileName, byte[] content) {
            return file(name, fileName, typeOf(fileName), content);
        }

        /** Adds bytes as a file of this name and type. */
        public Builder file(String name, String fileName, String contentType, byte[] content) {
            return add(new Part(name, fileName, check(contentType), content.clone(), null));
        }

        /** Adds a file, under its own name and with the type that the name's ending tells. */
        public Builder file(String name, Path file) {
            String fileName = Objects.requireNonNull(file.getFileName(), "a file has a name")
                    .toString();
            return file(name, fileName, typeOf(fileName), file);
        }

        /** Adds a file, under this name and type. */
        public Builder file(String name, String fileName, String contentType, Path file) {
            return add(new Part(name, fileName, check(contentType), null, file));
        }

        private static String typeOf(String fileName) {
            String type = URLConnection.guessContentTypeFromName(fileName);
            return type == null ? OCTETS : type;
        }

        private static String check(String contentType) {
            return HeaderRules.check("Content-Type", contentType).getValue();
        }

        private Builder add(Part part) {
            parts.add(part);
            return this;
        }

        /**
         * Makes the body.
         * @throws IllegalStateException if it has no part
         */
        public Multipart build() {
            if (parts.isEmpty()) {
                throw new IllegalStateException("A multipart body has at least one part; add a `field` or a `file`");
            }
            return new Multipart(parts);
        }
    }
}
