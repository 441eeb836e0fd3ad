package dev.asyncloop.http;

import java.net.URI;

/**
 * A redirect that was followed.
 *
 * @param uri which URL it came from
 * @param status its status
 * @param headers its headers, {@code Location} among them
 */
public record Redirect(URI uri, int status, Headers headers) {}
