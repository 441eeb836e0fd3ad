package dev.asyncloop.http;

import dev.asyncloop.IOLoop;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The fields of a form, as browsers send them without files. */
final class FormBody implements RequestBody {

    private final String encoded;

    FormBody(List<Map.Entry<String, String>> fields) {
        this.encoded = fields.stream()
                .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public String contentType() {
        return "application/x-www-form-urlencoded";
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public Sending open(IOLoop loop, HttpClientOptions options) {
        return new BytesBody(encoded.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return encoded;
    }
}
