"""The one route of the test application: its admin pages, where an account can log in."""

from django.contrib import admin
from django.urls import path

urlpatterns = [path("admin/", admin.site.urls)]
