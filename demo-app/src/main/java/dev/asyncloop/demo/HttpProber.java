package dev.asyncloop.demo;
class HttpProber { static final String NOT_PUBLIC = "This address is not public, and the board fetches no other"; }
