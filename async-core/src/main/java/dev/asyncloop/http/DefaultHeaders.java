package dev.asyncloop.http;

import java.util.AbstractList;
import java.util.List;
import java.util.Map;

/** The headers that a client adds; shown without the values that are secrets. */
final class DefaultHeaders extends AbstractList<Map.Entry<String, String>> {

    private final List<Map.Entry<String, String>> headers;

    DefaultHeaders(List<Map.Entry<String, String>> headers) {
        this.headers = List.copyOf(headers);
    }

    @Override
    public Map.Entry<String, String> get(int index) {
        return headers.get(index);
    }

    @Override
    public int size() {
        return headers.size();
    }

    @Override
    public String toString() {
        return headers.stream()
                .map(header ->
                        header.getKey() + (Redirects.isCredential(header.getKey()) ? "=***" : "=" + header.getValue()))
                .toList()
                .toString();
    }
}
