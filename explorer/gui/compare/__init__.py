"""The comparison of two networks: its window, its trees and diagrams, and where the other network comes from."""
