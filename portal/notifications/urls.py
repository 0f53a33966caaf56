from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read, name="read"),
    path("inbox/settings/", views.settings_page, name="settings"),
    path("inbox/calendar/", views.calendar_address, name="calendar_address"),
    path("calendar/<str:secret>.ics", views.calendar_feed, name="calendar"),
]
